"""--skip-faulty: the rows of a written suite that its kind refuses are taken out of it.

Readers leave out what they cannot read; a document without text, a judgement of an absent document and an id given
twice show only when the tables are checked together. To take out a document makes judgements of it faulty, so the
suite is checked until nothing is taken out any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.catalogue.columns import check_columns
from harness.catalogue.importers.request import task
from harness.catalogue.tables import read_table
from harness.errors import Fault, Faults

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.catalogue.importers.draft import Draft

_ALL = 1 << 62


def prune(draft: Draft, parameters: Mapping[str, Any]) -> None:
    """Take faulty rows out of a draft whose tables are closed, and count them among those left out.

    parameters: those that are asked for. A table is never emptied: where nothing would be left, everything stays, for
    the suite's own check to say what is wrong.
    """
    kind = task(draft.kind)
    known = {name: value for name, value in parameters.items() if type(kind.parameters.get(name)) is type(value)}
    while found := _faulty(draft, kind, {**kind.parameters, **known}):
        if any(len(lines) >= len(draft.tables[name]) for name, lines in found.items()):
            return
        for name, lines in found.items():
            for fault in lines.values():
                traced = draft.trace(fault)
                draft.faults.add_row(traced.file, traced.line, traced.key, traced.message)
            draft.tables[name].take_out(draft.folder, frozenset(lines))


def _faulty(draft: Draft, kind: Any, parameters: Mapping[str, Any]) -> dict[str, dict[int, Fault]]:
    """The first fault of each faulty row: table → line → fault."""
    faults = Faults(shown=_ALL)
    read = {
        name: read_table(name, draft.folder / table.file, table.file, faults) for name, table in draft.tables.items()
    }
    checked = {name: check_columns(table, kind.tables[name], faults) for name, table in read.items() if table}
    usable = {name: table for name, table in checked.items() if table}
    required = {name for name, shape in kind.tables.items() if shape.required}
    if usable.keys() >= required | draft.tables.keys():
        kind.read(usable, parameters, 1, faults)
    names = {table.file: name for name, table in draft.tables.items()}
    found: dict[str, dict[int, Fault]] = {}
    for fault in faults.found:
        if fault.line and fault.file in names:
            found.setdefault(names[fault.file], {}).setdefault(fault.line, fault)
    return found
