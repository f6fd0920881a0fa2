"""Words in English and Chinese, side by side: a line of a words.tsv each."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def vocabulary(package: str, *path: str) -> Mapping[str, Mapping[str, str]]:
    """Language → name → text, from a file of a package. Names in braces are filled in."""
    text = files(package).joinpath(*path).read_text(encoding="utf-8")
    head, *rows = (line.split("\t") for line in text.splitlines())
    return {language: {row[0]: row[column] for row in rows} for column, language in enumerate(head) if column}
