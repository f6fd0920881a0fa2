"""SGML as TREC writes it, and XML like it → records of fields. Tags need not be closed, entities are only unescaped.

It is read by its tags alone, in one pass and bounded memory per record: nothing in it can ask for anything.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.catalogue.rowfaults import row_fault
from harness.catalogue.tables import LONGEST_LINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.errors import Faults

_VALUE = r"""(?:"[^"<]*"|'[^'<]*'|[^\s"'<>]+)"""
_WITHOUT_VALUE = r"(?:nowrap|noshade|compact|ismap|checked|selected|border)(?![\w.:-])"
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z][\w.:-]*)"
    rf"(?P<attributes>(?:\s+(?:[A-Za-z_][\w.:-]*\s*=\s*{_VALUE}|{_WITHOUT_VALUE}))*)\s*/?>",
    re.IGNORECASE,
)
"""Attributes have values, but for those that HTML 3 knows without one: `x <y and z> w` holds no tag."""
_BEGUN = re.compile(r"</?[A-Za-z][\w.:-]*\s")
_ATTRIBUTE = re.compile(r"""([A-Za-z][\w.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
LONGEST_TAG = 4096
"""Characters of a tag that goes on in the next lines; what is longer is text."""


@dataclass
class Record:
    """One document or topic: the line it begins in, its attributes, and its texts by tag, in small letters.

    fields: every stretch of text between two tags, under the innermost of the tags that the reader was told of.
    """

    line: int
    attributes: dict[str, str]
    fields: dict[str, list[str]] = field(default_factory=dict)
    size: int = 0

    def text(self, *names: str) -> str:
        """The texts of the first of these fields that has any, blanks between words made one."""
        for name in names:
            if joined := " ".join(" ".join(self.fields.get(name, ())).split()):
                return joined
        return ""


def records(
    lines: Iterator[tuple[int, str]], element: str, fields: frozenset[str], shown: str, faults: Faults
) -> Iterator[Record]:
    """Every `element` of a file. fields: the tags that begin a text; other tags are left out, their text is kept."""
    record: Record | None = None
    current = ""
    for number, text, tag in _tokens(lines):
        _keep(record, current, text)
        if tag is None:
            record = _bounded(record, element, shown, faults)
            continue
        name, ends = tag["name"].lower(), bool(tag["end"])
        if name in fields:
            current = "" if ends else name
        if name != element:
            continue
        if record and ends:
            yield record
        elif record:
            row_fault(faults, shown, record.line, element, f"not closed: the next <{element}> begins in line {number}")
        record, current = None if ends else Record(number, _attributes(tag["attributes"])), ""
    if record:
        row_fault(faults, shown, record.line, element, f"not closed: the file ends before </{element}>")


def _tokens(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str, re.Match[str] | None]]:
    """Every text with the tag behind it, or None where a line ends, after the line in which the tag begins."""
    held, begun, number = "", 0, 0
    for number, line in lines:
        text, place = f"{held}{line}\n", 0
        for tag in _TAG.finditer(text):
            yield begun if tag.start() < len(held) else number, text[place : tag.start()], tag
            place = tag.end()
        cut = _unfinished(text, place)
        yield number, text[place:cut], None
        begun = begun if cut < len(held) else number
        held = text[cut:]
    yield number, held, None


def _unfinished(text: str, place: int) -> int:
    """Where a tag begins that may go on in the next line, or the end of the text."""
    start = text.rfind("<", place)
    short = start >= 0 and len(text) - start <= LONGEST_TAG
    return start if short and ">" not in text[start:] and _BEGUN.match(text, start) else len(text)


def _bounded(record: Record | None, element: str, shown: str, faults: Faults) -> Record | None:
    if record is None or record.size <= LONGEST_LINE:
        return record
    row_fault(faults, shown, record.line, element, f"too long: more than {LONGEST_LINE >> 20} MiB; split the document")
    return None


def _keep(record: Record | None, name: str, text: str) -> None:
    if record is not None and name:
        record.fields.setdefault(name, []).append(html.unescape(text))
        record.size += len(text)


def _attributes(text: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(text)
    return {name.lower(): html.unescape(double or single or bare) for name, double, single, bare in found}
