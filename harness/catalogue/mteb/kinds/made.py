"""What is made of a task's data: rows in our columns, what they are judged by, what was left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True)
class Notes:
    """What is to be known of a suite, collected while it is made.

    left_out: what was left out or changed → how often. remarks: a sentence each.
    """

    left_out: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)

    @property
    def sentences(self) -> list[str]:
        """All of it."""
        return [*self.remarks, *(f"{count:,} {what}" for what, count in self.left_out.items() if count)]


@dataclass(frozen=True)
class Made:
    """What a suite is written from.

    tables: rows by the name of the table, to be read once and in this order: what is left out of one decides what is
    left out of the next. notes: complete once they have been read.
    """

    kind: str
    tables: Mapping[str, Iterable[Mapping[str, Any]]]
    metrics: Sequence[str]
    notes: Notes = field(default_factory=Notes)
    parameters: Mapping[str, Any] = field(default_factory=dict)
