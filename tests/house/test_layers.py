"""Who may import what: the layers, the owners of the heavy packages, and no heavy import on the way to a command."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "harness").rglob("*.py"))
ADAPTERS = ("harness.catalogue", "harness.embedders", "harness.report", "harness.store")

_EMBEDDERS = ("harness.embedders",)
_MTEB = ("harness.interop.mteb", "harness.catalogue.mteb", "harness.embedders.mteb")
OWNERS: dict[str, tuple[str, ...]] = {
    "bm25s": _EMBEDDERS,
    "click": ("harness.cli",),
    "duckdb": ("harness.store",),
    "gensim": _EMBEDDERS,
    "jinja2": ("harness.report",),
    "lmdb": _EMBEDDERS,
    "markupsafe": ("harness.report",),
    "model2vec": _EMBEDDERS,
    "datasets": _MTEB,
    "huggingface_hub": (*_EMBEDDERS, "harness.catalogue.mteb"),
    "modelscope": ("harness.catalogue.mteb",),
    "mteb": _MTEB,
    "openai": _EMBEDDERS,
    "rich": ("harness.report", "harness.cli.progress"),
    "sentence_transformers": _EMBEDDERS,
    "tokenizers": _EMBEDDERS,
    "torch": (*_EMBEDDERS, "harness.interop.mteb"),
    "transformers": _EMBEDDERS,
}
"""Package → the modules that may import it, in whatever way."""
DOOR = "harness.interop.mteb.door"
"""The only module that imports mteb in so many words; the others ask for it with `door.module("mteb")`."""

HEAVY = (*(OWNERS.keys() - {"click", "rich"}), "pandas", "scipy.stats", "sklearn")
"""Takes long to import, or is not installed everywhere: only ever imported inside the function that needs it."""


class Import(NamedTuple):
    """An import statement. eager: it runs when its module is imported."""

    target: str
    line: int
    eager: bool


def imports(source: str) -> list[Import]:
    """Every import; `from a import b` counts as `a.b`."""
    return list(_imports(ast.parse(source), eager=True))


def _imports(node: ast.AST, *, eager: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, node.lineno, eager) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from (Import(f"{node.module}.{alias.name}", node.lineno, eager) for alias in node.names)
    elif isinstance(node, ast.Call) and ast.unparse(node.func) == "door.module":
        named = [argument.value for argument in node.args if isinstance(argument, ast.Constant)] or ["mteb"]
        yield Import(str(named[0]), node.lineno, eager)
    lazy = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    typing_only = isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, eager=eager and not lazy and not typing_only)


def within(name: str, package: str) -> bool:
    """Whether a dotted name is a package or lies below it."""
    return name == package or name.startswith(package + ".")


def trespasses(module: str, source: str) -> list[str]:
    """Imports of a package that another module owns."""
    return [
        f"{module}:{found.line} imports {package}, which only {' and '.join(owners)} may"
        for found in imports(source)
        for package, owners in OWNERS.items()
        if within(found.target, package) and not any(within(module, owner) for owner in owners)
    ]


def crossings(module: str, source: str) -> list[str]:
    """Imports of one adapter by another."""
    own = next((adapter for adapter in ADAPTERS if within(module, adapter)), None)
    others = [adapter for adapter in ADAPTERS if own and adapter != own]
    return [
        f"{module}:{found.line} imports {found.target}: adapters never import each other"
        for found in imports(source)
        if any(within(found.target, other) for other in others)
    ]


def weights(module: str, source: str) -> list[str]:
    """Heavy packages that are imported as soon as a module is."""
    return [
        f"{module}:{found.line} imports {found.target} when it is itself imported: do so in the function that needs it"
        for found in imports(source)
        if found.eager and any(within(found.target, package) for package in HEAVY)
    ]


def doors(module: str, source: str) -> list[str]:
    """Imports of mteb past its door: they are neither silent nor without a trace in random numbers."""
    lines = source.splitlines()
    return [
        f"{module}:{found.line} imports {found.target}: ask {DOOR} for it"
        for found in imports(source)
        if within(found.target, "mteb") and "door.module" not in lines[found.line - 1] and module != DOOR
    ]


CHECKS = (trespasses, crossings, weights, doors)


def name_of(file: Path) -> str:
    """The dotted name of a module."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_module_imports_only_what_it_may(file: Path) -> None:
    """Packages have owners, adapters know nothing of each other, heavy packages wait until they are needed."""
    source = file.read_text(encoding="utf-8")
    assert [fault for check in CHECKS for fault in check(name_of(file), source)] == []


def test_imports_go_down_the_layers() -> None:
    """import-linter finds the contract of pyproject.toml kept: nothing imports from its own level or above."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c(['--no-cache'])"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "source", "faults"),
    [
        ("harness.cli.sql", "import duckdb", 2),  # not its owner, and eager
        ("harness.store", "def f():\n    import duckdb", 0),
        ("harness.store", "if TYPE_CHECKING:\n    from duckdb import Connection", 0),
        ("harness.store", "class C:\n    import duckdb", 1),
        ("harness.store", "try:\n    import duckdb\nexcept ImportError:\n    pass", 1),
        ("harness.workflows.run", "def f():\n    import click", 1),
        ("harness.report", "def f():\n    from torch import nn", 1),
        ("harness.embedders.st", "def f():\n    from torch import nn", 0),
        ("harness.evaluate", "def f():\n    import rich.table", 1),
        ("harness.cli.run", "import rich", 1),
        ("harness.cli.progress", "import rich", 0),
        ("harness.interop.mteb.door", "def f():\n    import mteb", 0),
        ("harness.catalogue.mteb", "def f():\n    import mteb", 1),
        ("harness.catalogue.mteb", "def f():\n    door.module('mteb')", 0),
        ("harness.catalogue.mteb", "found = door.module()", 1),
        ("harness.catalogue.suites", "def f():\n    door.module('mteb.models')", 1),
        ("harness.catalogue.mteb", "def f():\n    door.module('torch.utils.data')", 1),
        ("harness.catalogue.suites", "def f():\n    import mteb", 2),  # not its owner, and past the door
        ("harness.statistics", "from scipy import stats", 1),
        ("harness.statistics", "from scipy.stats import norm", 1),
        ("harness.statistics", "from scipy import sparse", 0),
        ("harness.metrics", "import torchless_package", 0),
        ("harness.store", "def f():\n    from harness.report import FORMATS", 1),
        ("harness.store", "from harness import report", 1),
        ("harness.workflows.run", "from harness.store import Store", 0),
    ],
)
def test_the_checks_can_fail(module: str, source: str, faults: int) -> None:
    """Each check finds the import that it is there for, and leaves its neighbours alone."""
    assert sum(len(check(module, source)) for check in CHECKS) == faults
