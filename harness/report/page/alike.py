"""Messages that differ only in a percentage are one message, told once with the smallest and the largest of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection

Gist: TypeAlias = tuple[str, ...]

_PERCENTAGE = re.compile(r"(?<![\w.-])\d+(?:\.\d+)?(?= ?%)")


def gist(text: str) -> Gist:
    """What is the same in all messages that are alike: the text between percentages."""
    return tuple(_PERCENTAGE.split(text))


def merged(texts: Collection[str], to: str) -> str:
    """Messages of one gist as one: `2.73 to 12.9 % of the texts`."""
    parts = gist(next(iter(texts)))
    columns = zip(*(_PERCENTAGE.findall(text) for text in texts), strict=True)
    told = [_span(column, to) for column in columns]
    return "".join(part + number for part, number in zip(parts, [*told, ""], strict=True))


def _span(numbers: Collection[str], to: str) -> str:
    low, high = min(numbers, key=float), max(numbers, key=float)
    return low if float(low) == float(high) else f"{low} {to} {high}"
