"""Every warning that the harness can record has a Chinese sentence."""

from __future__ import annotations

import ast
import re
from functools import cache
from itertools import product
from pathlib import Path

import pytest

import harness
from harness.errors import MissingExtraError
from harness.report.phrases import in_chinese

ROOT = Path(harness.__file__).parent


def warnings_in(source: str) -> list[tuple[int, list[str]]]:
    """The line of every Finding(…, warning=…) in a module, and the notes that it may have."""
    found = []
    for function in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)):
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            keywords = {keyword.arg: keyword.value for keyword in call.keywords}
            if isinstance(call.func, ast.Name) and call.func.id == "Finding" and "warning" in keywords:
                note = call.args[2] if len(call.args) > 2 else keywords["note"]
                found.append((call.lineno, sorted(texts(note, function))))
    return found


def texts(node: ast.expr, function: ast.FunctionDef) -> set[str]:
    """What an expression may be, with 1 for whatever is no text in the source."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.JoinedStr):
        return {"".join(parts) for parts in product(*(texts(part, function) for part in node.values))}
    if isinstance(node, ast.FormattedValue):
        return texts(node.value, function)
    if isinstance(node, ast.IfExp):
        return texts(node.body, function) | texts(node.orelse, function)
    if isinstance(node, ast.Name):
        assigned = (one for one in ast.walk(function) if isinstance(one, ast.Assign))
        values = [one.value for one in assigned if any(ast.unparse(to) == node.id for to in one.targets)]
        return set[str]().union(*(texts(value, function) for value in values)) or {"1"}
    return {"1"}


@cache
def notes() -> list[str]:
    """Of all modules."""
    sources = [file.read_text("utf-8") for file in sorted(ROOT.rglob("*.py"))]
    return [note for source in sources for _, found in warnings_in(source) for note in found]


def test_warnings_are_found() -> None:
    """Through names, conditions and what stands in braces."""
    source = 'def f(n):\n    a = "x" if n else f"y {n:.1f}"\n    return Finding("n", 1.0, f"so {a}", warning=n > 1)\n'
    assert warnings_in(source) == [(3, ["so x", "so y 1"])]
    assert len(notes()) > 10


@pytest.mark.parametrize("note", notes())
def test_every_warning_has_a_chinese_sentence(note: str) -> None:
    """None that is added later is left in English; nor is one that its function does not show."""
    assert re.search("[a-z]{3}", note), "the note is made elsewhere: make it beside the Finding"
    assert re.search("[\u4e00-\u9fff]", in_chinese(note)), note


def test_a_package_that_is_missing_is_told_in_chinese() -> None:
    """With the command that installs it."""
    told = "未安装 sentence_transformers。安装命令：pip install 'embedding-harness[st]'"
    assert in_chinese(str(MissingExtraError("sentence_transformers", "st"))) == told
