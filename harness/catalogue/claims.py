"""The page that maps claims about embeddings to what checks them: the first Markdown table beside the suites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.catalogue.locate import builtin_root
from harness.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_CELL = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\s*:?-+:?\s*")
_LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")


def claims_file() -> Path:
    """The README of the built-in suites."""
    return builtin_root() / "README.md"


def claims(file: Path) -> tuple[list[str], list[list[str]]]:
    """Columns and rows of the first Markdown table of a file, without its markup.

    Raises UsageError where there is no such file, no table in it, or a row with another number of cells.
    """
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from error
    head = next((at for at, line in enumerate(lines[1:]) if _is_rule(line) and lines[at].startswith("|")), None)
    if head is None:
        raise UsageError(f"{file} holds no Markdown table")
    columns, rows = _cells(lines[head]), []
    for number, line in enumerate(lines[head + 2 :], start=head + 3):
        if not line.startswith("|"):
            break
        row = _cells(line)
        if len(row) != len(columns):
            raise UsageError(f"{file}:{number}: {len(row)} cells, the header has {len(columns)}")
        rows.append(row)
    return columns, rows


def _is_rule(line: str) -> bool:
    return line.startswith("|") and all(_RULE.fullmatch(cell) for cell in _CELL.split(line.strip("|")))


def _cells(line: str) -> list[str]:
    inner = line.removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [_plain(cell.strip()) for cell in _CELL.split(inner)]


def _plain(cell: str) -> str:
    """Without the marks of code, emphasis and links."""
    return _LINK.sub(r"\1", cell).replace("`", "").replace("**", "").replace("\\|", "|")
