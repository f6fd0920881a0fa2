"""Faults of single rows, which may be left out, apart from those of a file as a whole, which may not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.errors import Fault, Faults

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class RowFaults(Faults):
    """Faults of a source. skip: a faulty row is left out and counted, and is no fault.

    rows: how many faults of rows were kept, so that `total - rows` are those of files.
    """

    skip: bool = False
    rows: int = 0
    _skipped: dict[tuple[str, str, str], tuple[Fault, int]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Faults kept or counted, of rows and of files."""
        return sum(self._counts.values())

    def add_row(self, file: str, line: int, key: str, message: str) -> None:
        """Keep the fault of one row, or count the row where faulty rows are left out."""
        if not self.skip:
            self.rows += 1
            self.add(file, line, key, message)
            return
        kind = (file, key, message.split(":", 1)[0])
        first, count = self._skipped.get(kind, (Fault(file, line, key, message), 0))
        self._skipped[kind] = first, count + 1

    def left_out(self) -> Iterator[str]:
        """What was left out: how many rows for each reason, and the place of the first."""
        for first, count in self._skipped.values():
            reason = first.message.split(":", 1)[0]
            about = f" [{first.key}]" if first.key else ""
            place = f"{first.file}:{first.line}" if first.line else first.file
            yield f"{count} left out: {reason}{about}, first at {place}"


def row_fault(faults: Faults, file: str, line: int, key: str, message: str) -> None:
    """A fault of one row: the caller reads no more of it, and goes on with the next.

    The words before the first colon of `message` name its kind, as in Faults.add.
    """
    if isinstance(faults, RowFaults):
        faults.add_row(file, line, key, message)
    else:
        faults.add(file, line, key, message)
