"""House limits: how long, how wide, how complex; and what the code never does."""

from __future__ import annotations

import ast
import io
import re
import statistics
import subprocess
import sys
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
PACKAGE = sorted((ROOT / "harness").rglob("*.py"))
ALL = [*PACKAGE, *sorted((ROOT / "tests").rglob("*.py"))]

FILE_LINES = 300
BODY_LINES = 30
USUAL_BODY_LINES = 20
PARAMETERS = 5
BLANKET_ALLOWED = ("harness/embedders/contract.py",)
"""Where a stranger's code is called, which may raise anything."""

GENERATORS = {"default_rng", "Generator", "SeedSequence", "BitGenerator", "PCG64", "PCG64DXSM", "Philox"}
SEEDERS = {"manual_seed", "manual_seed_all", "set_seed", "seed_everything"}

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


def functions(source: str) -> list[Function]:
    """Every function and method, nested ones too."""
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, Function)]


def body_lines(function: Function) -> int:
    """Lines from the first statement to the last, without the docstring."""
    documented = ast.get_docstring(function, clean=False) is not None
    body = function.body[1:] if documented else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def usual(lengths: list[int]) -> float:
    """The length that nine functions in ten do not exceed."""
    return statistics.quantiles(lengths, n=10)[-1]


def too_long(path: str, source: str) -> Iterator[str]:
    """Files and functions that nobody can take in at once."""
    lines = len(source.splitlines())
    if lines > FILE_LINES:
        yield f"{path}: {lines} lines, of {FILE_LINES} allowed"
    for function in functions(source):
        if body_lines(function) > BODY_LINES:
            yield f"{path}:{function.lineno} {function.name}: {body_lines(function)} lines, of {BODY_LINES} allowed"


def too_wide(path: str, source: str) -> Iterator[str]:
    """Functions with too many parameters; click decides how many a command has."""
    if path.startswith("harness/cli/"):
        return
    for function in functions(source):
        arguments = function.args
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        own = [argument for argument in named if argument.arg not in {"self", "cls"}]
        if len(own) > PARAMETERS:
            yield f"{path}:{function.lineno} {function.name}: {len(own)} parameters, of {PARAMETERS} allowed"


def open_ended(path: str, source: str) -> Iterator[str]:
    """Public signatures that do not say what they take."""
    for function in functions(source):
        if function.args.kwarg and not function.name.startswith("_"):
            yield f"{path}:{function.lineno} {function.name}: **{function.args.kwarg.arg} in a public signature"


def printing(path: str, source: str) -> Iterator[str]:
    """Prints: text for people goes through click and the report."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "pprint"}:
            yield f"{path}:{node.lineno}: {node.func.id}"


def blanket(path: str, source: str) -> Iterator[str]:
    """Handlers that would swallow a bug."""
    if path in BLANKET_ALLOWED:
        return
    for node in ast.walk(ast.parse(source)):
        caught: list[ast.expr | None] = []
        if isinstance(node, ast.ExceptHandler):
            caught = list(node.type.elts) if isinstance(node.type, ast.Tuple) else [node.type]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            caught = list(node.args)
        if any(kind is None or ast.unparse(kind) in {"Exception", "BaseException"} for kind in caught):
            yield f"{path}:{getattr(node, 'lineno', 0)}: catches everything"


GIVES_BACK = "harness/interop/mteb/door.py"
"""Keeps the hidden states of others while mteb seeds them, and puts them back."""


def seeding(path: str, source: str) -> Iterator[str]:
    """Random numbers from a hidden global state."""
    if path == GIVES_BACK:
        return
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [f"{alias.name}." for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute):
            names = [f".{ast.unparse(node)}"]
        if any(_is_global_random(name) for name in names):
            yield f"{path}:{getattr(node, 'lineno', 0)}: {ast.unparse(node)} uses global random numbers"


def _is_global_random(name: str) -> bool:
    """name: `.np.random.seed` as used, `random.` or `numpy.random.seed` as imported."""
    last = name.rpartition(".")[2]
    of_numpy = re.search(r"\b(np|numpy)\.random\.(\w+)$", name)
    of_python = re.match(r"random\.", name)
    return bool(of_python) or last in SEEDERS or bool(of_numpy and of_numpy[2] not in GENERATORS)


MARKER = re.compile(r"(noqa|type: ignore)(: [A-Z]+\d+(?:, ?[A-Z]+\d+)*|\[[a-z-]+(?:, ?[a-z-]+)*\])?")


def unreasoned(path: str, source: str) -> Iterator[str]:
    """Suppressed findings without a code, or without a reason beside them."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or not MARKER.search(token.string):
            continue
        coded = all(code for _, code in MARKER.findall(token.string))
        reason = MARKER.sub("", token.string).replace("#", " ").split()
        if not coded or not reason:
            yield f"{path}:{token.start[0]}: {token.string} needs a {'reason' if coded else 'code'}"


CHECKS = (too_long, too_wide, open_ended, printing, blanket, seeding)


def name_of(file: Path) -> str:
    """A path as people write it."""
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", PACKAGE, ids=name_of)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_module_keeps_the_limits(check: Callable[[str, str], Iterator[str]], file: Path) -> None:
    """Length, width, signatures, prints, handlers and random numbers, module by module."""
    assert list(check(name_of(file), file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("file", ALL, ids=name_of)
def test_every_suppression_has_its_reason(file: Path) -> None:
    """Whoever silences a tool says which rule, and why here."""
    assert list(unreasoned(name_of(file), file.read_text(encoding="utf-8"))) == []


def test_most_functions_are_short() -> None:
    """Nine functions in ten have at most 20 lines."""
    lengths = [body_lines(function) for file in PACKAGE for function in functions(file.read_text(encoding="utf-8"))]
    assert usual(lengths) <= USUAL_BODY_LINES


def ruff(source: str | None, rules: str) -> str:
    """What ruff finds in the package, or in a snippet, with the limits of pyproject.toml."""
    target = ["--stdin-filename", "harness/snippet.py", "-"] if source else ["harness"]
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--quiet", "--output-format", "concise"]
    done = subprocess.run(
        [*command, "--select", rules, *target], cwd=ROOT, input=source, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


COMPLEXITY, DOCSTRINGS = "C901", "D100,D101,D102,D103,D104"


@pytest.mark.parametrize("rules", [COMPLEXITY, DOCSTRINGS])
def test_the_package_is_simple_and_documented(rules: str) -> None:
    """No function takes more than eight independent paths, and everything public has a docstring."""
    assert ruff(None, rules) == ""


BRANCHES = '"""A module."""\ndef f(x):\n    """Nothing."""\n' + "".join(
    f"    if x == {place}:\n        return {place}\n" for place in range(8)
)


@pytest.mark.parametrize(
    ("source", "rules"),
    [
        (BRANCHES, COMPLEXITY),
        ('"""A module."""\ndef f(): ...\n', DOCSTRINGS),
        ("x = 1\n", DOCSTRINGS),
        ('"""A module."""\nclass C:\n    """A class."""\n    def f(self): ...\n', DOCSTRINGS),
    ],
)
def test_ruff_can_fail(source: str, rules: str) -> None:
    """A ninth path and a missing docstring are found."""
    assert "harness/snippet.py" in ruff(source, rules)


LONG_BODY = "def f():\n" + '    """One."""\n' + "    x = 1\n"


@pytest.mark.parametrize(
    ("check", "source", "faults"),
    [
        (too_long, "x = 1\n" * 300, 0),
        (too_long, "x = 1\n" * 301, 1),
        (too_long, LONG_BODY + "    x = 1\n" * 29, 0),
        (too_long, LONG_BODY + "    x = 1\n" * 30, 1),
        (too_wide, "def f(a, b, c, d, e): ...", 0),
        (too_wide, "class C:\n    def f(self, a, b, /, c, *, d, e): ...", 0),
        (too_wide, "def f(a, b, /, c, *, d, e, f): ...", 1),
        (open_ended, "def f(**options): ...", 1),
        (open_ended, "def _f(**options): ...", 0),
        (open_ended, "class C:\n    def f(self, **options): ...", 1),
        (printing, "print(1)", 1),
        (printing, "console.print(1)", 0),
        (blanket, "try:\n    f()\nexcept:\n    pass", 1),
        (blanket, "try:\n    f()\nexcept Exception:\n    pass", 1),
        (blanket, "try:\n    f()\nexcept (ValueError, BaseException) as error:\n    pass", 1),
        (blanket, "try:\n    f()\nexcept (ValueError, OSError):\n    pass", 0),
        (blanket, "with contextlib.suppress(Exception):\n    f()", 1),
        (seeding, "np.random.seed(1)", 1),
        (seeding, "x = numpy.random.rand(3)", 1),
        (seeding, "import random", 1),
        (seeding, "from random import shuffle", 1),
        (seeding, "from numpy.random import seed", 1),
        (seeding, "torch.manual_seed(1)", 1),
        (seeding, "torch.cuda.manual_seed_all(1)", 1),
        (seeding, "from transformers import set_seed", 1),
        (seeding, "x = np.random.default_rng(1)", 0),
        (seeding, "def f(random: np.random.Generator): return random.integers(3)", 0),
        (unreasoned, "x = 1  # no" + "qa", 1),
        (unreasoned, "x = 1  # no" + "qa: E501", 1),
        (unreasoned, "x = 1  # no" + "qa: E501, S101  # a table", 0),
        (unreasoned, "x = 1  # type" + ": ignore", 1),
        (unreasoned, "x = 1  # type" + ": ignore[misc]", 1),
        (unreasoned, "x = 1  # type" + ": ignore[misc, arg-type]  # stubs are wrong", 0),
        (unreasoned, "x = '# no" + "qa'", 0),
    ],
)
def test_the_checks_can_fail(check: Callable[[str, str], Iterator[str]], source: str, faults: int) -> None:
    """Each check finds what it is there for, and only that."""
    assert len(list(check("harness/snippet.py", source))) == faults


def test_the_usual_length_can_fail() -> None:
    """Two long functions in ten are more than one in ten."""
    assert usual([5] * 95 + [25] * 5) <= USUAL_BODY_LINES < usual([5] * 80 + [25] * 20)
