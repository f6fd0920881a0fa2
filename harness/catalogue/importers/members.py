"""The files of a folder: one of them that cannot be read is as a faulty row of the folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.catalogue.importers.reading import lines
from harness.catalogue.rowfaults import RowFaults
from harness.errors import Faults

if TYPE_CHECKING:
    from pathlib import Path


class MemberFaults(Faults):
    """The faults of a file, each of them one that --skip-faulty may leave out, passed on to those of the source."""

    def __init__(self, whole: RowFaults) -> None:
        super().__init__()
        self._whole = whole

    def add(self, file: str, line: int, key: str, message: str) -> None:
        """Keep one fault, and pass it on."""
        super().add(file, line, key, message)
        self._whole.add_row(file, line, key, message)


def is_left_out(file: Path, encoding: str, faults: RowFaults) -> bool:
    """Whether faulty rows are left out and this file is no text to its end; it is counted then.

    It is read for that: documents before the fault are not to stay without those after it.
    """
    if not faults.skip:
        return False
    found = RowFaults(skip=True)
    for _ in lines(file, found, encoding):
        pass
    for fault in found.found[:1]:
        faults.add_row(fault.file, fault.line, fault.key, fault.message)
    return bool(found.found)
