"""What was made of a task's data → a suite's folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from harness.catalogue.locate import DECLARATION
from harness.interop.mteb import door

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.catalogue.mteb.kinds.made import Made
    from harness.catalogue.mteb.place import MtebPlace

LONGEST = 1_000_000
"""Characters of a text that are kept: many times what the longest context takes, and less than a line may have."""


def write_suite(folder: Path, place: MtebPlace, made: Made) -> None:
    """A suite.yaml and a JSON Lines file per table. The notes are written last: rows that are left out make some."""
    for name, rows in made.tables.items():
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(json.dumps(_cut(row, made), ensure_ascii=False) + "\n" for row in rows)
    declared = {
        "title": f"{place.entry.name}, {place.subset}, {place.split} (mteb {door.version()}, {place.entry.type})",
        "licence": place.entry.licence,
        "task": made.kind,
        "tables": {name: f"{name}.jsonl" for name in made.tables},
        "metrics": list(made.metrics),
        **({"parameters": dict(made.parameters)} if made.parameters else {}),
        **({"notes": made.notes.sentences} if made.notes.sentences else {}),
    }
    text = yaml.safe_dump(declared, allow_unicode=True, sort_keys=False, width=1000, default_flow_style=None)
    (folder / DECLARATION).write_text(text, encoding="utf-8")


def _cut(row: Mapping[str, Any], made: Made) -> Mapping[str, Any]:
    long = [name for name, value in row.items() if isinstance(value, str) and len(value) > LONGEST]
    if not long:
        return row
    made.notes.left_out[f"texts cut after {LONGEST:,} characters"] += len(long)
    return {**row, **{name: row[name][:LONGEST] for name in long}}
