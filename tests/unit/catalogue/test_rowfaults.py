"""Faults of rows are told, or counted."""

from __future__ import annotations

from harness.catalogue.rowfaults import RowFaults, row_fault
from harness.errors import Faults


def told(faults: Faults) -> list[str]:
    """The faults, after three of rows and one of the file."""
    row_fault(faults, "f", 2, "a", "empty: x")
    row_fault(faults, "f", 3, "a", "empty: y")
    row_fault(faults, "g", 0, "", "undecodable: z")
    faults.add("f", 0, "", "no rows: at all")
    return [str(fault) for fault in faults.found]


def test_every_fault_is_kept_where_nothing_is_left_out() -> None:
    """Those of rows are counted apart."""
    faults = RowFaults()
    assert told(faults) == told(Faults())
    assert (faults.rows, faults.total, list(faults.left_out())) == (3, 4, [])


def test_rows_that_are_left_out_are_no_faults() -> None:
    """Each reason is told once, with its first place."""
    faults = RowFaults(skip=True)
    assert told(faults) == ["f: no rows: at all"]
    assert list(faults.left_out()) == ["2 left out: empty [a], first at f:2", "1 left out: undecodable, first at g"]
