"""Clustering: rows with a label, or with labels from coarse to fine, and sets of rows as mteb had them first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.catalogue.mteb.kinds.cells import as_label, as_list, as_text
from harness.catalogue.mteb.kinds.made import Made, Notes
from harness.catalogue.mteb.kinds.measured import ELSEWHERE, metrics_of
from harness.catalogue.mteb.kinds.rows import refused, rows_of
from harness.catalogue.mteb.kinds.sampling import sampled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.catalogue.mteb.kinds.rows import Rows
    from harness.catalogue.mteb.place import MtebPlace

_MOST = 16_384
"""Rows that are clustered: as many as mteb draws for each of its clusterings."""
_NO_LEVEL = -1
"""What stands for a level that a row has not."""


@dataclass(frozen=True)
class _Read:
    """texts: each with its labels, the coarsest first. sets: rows that were sets of texts, 0 where there were none."""

    texts: Sequence[tuple[str, Sequence[Any]]]
    sets: int

    @property
    def levels(self) -> int:
        """How many labels the rows with the most have."""
        return max((len(labels) for _, labels in self.texts), default=0)


def clustering(task: Any, place: MtebPlace) -> Made | None:
    """Texts with a label each, at the level of the hierarchy that is asked for. Raises SuiteError for one too deep."""
    rows = rows_of(task, place)
    column = getattr(task, "label_column_name", "labels")
    read = _read(rows, getattr(task, "input_column_name", "sentences"), column)
    levels = min(read.levels, getattr(task, "max_depth", None) or read.levels)
    level = place.asked.level
    if level >= max(levels, 1):
        raise refused(place, f"level={level}: its labels have {levels} levels, from 0, the coarsest, to {levels - 1}")
    notes = Notes()
    _remark(notes, read.sets, level, levels)
    labelled = list(_at_level(read, level, rows.class_names(column), notes))
    texts = _merged(labelled, notes) if read.sets else labelled
    _check_clusters(texts, levels, place)
    kept = sampled(
        [text for text, _ in texts], [label for _, label in texts], place.asked.rows or _MOST, "texts", notes
    )
    tables = {"texts": [{"text": texts[row][0], "label": texts[row][1]} for row in kept]}
    return Made("clustering", tables, metrics_of("clustering", task, place, notes), notes)


def _read(rows: Rows, text_column: str, label_column: str) -> _Read:
    """Every text; rows that are sets are taken apart."""
    found: list[tuple[str, Sequence[Any]]] = []
    sets = 0
    for text, label in rows.zipped(text_column, label_column):
        if isinstance(text, list):
            sets += 1
            found.extend((as_text(one), as_list(of)) for one, of in zip(text, label, strict=True))
        else:
            found.append((as_text(text), as_list(label)))
    return _Read(found, sets)


def _remark(notes: Notes, sets: int, level: int, levels: int) -> None:
    if sets > 1:
        notes.remarks.append(
            f"all different texts are clustered at once; mteb clusters {sets:,} sets of them, one by one, "
            f"and its score is the mean: {ELSEWHERE}"
        )
    else:
        notes.remarks.append(f"all texts are clustered as they are; mteb clusters random draws: {ELSEWHERE}")
    if levels > 1:
        notes.remarks.append(
            f"labels of level {level}, where 0 is the coarsest of {levels}: ?level=N takes another; "
            "mteb's score is the mean over the levels"
        )


def _check_clusters(texts: Sequence[tuple[str, str]], levels: int, place: MtebPlace) -> None:
    """Raise SuiteError where there is nothing to find."""
    labels = len({label for _, label in texts})
    if 1 < labels < len(texts):
        return
    what = (
        "no text has a label" if not texts else "all texts have one label" if labels == 1 else "no label is there twice"
    )
    other = "?level=N takes another level, " if levels > 1 else ""
    raise refused(place, f"no clusters: {what} ({len(texts):,} texts); {other}{ELSEWHERE}")


def _at_level(read: _Read, level: int, names: Sequence[str] | None, notes: Notes) -> Iterator[tuple[str, str]]:
    """Text and label of every row that has both."""
    for text, labels in read.texts:
        label = labels[level] if level < len(labels) and labels[level] != _NO_LEVEL else None
        if not text:
            notes.left_out["empty texts left out"] += 1
        elif not (named := as_label(label, names)):
            notes.left_out["texts without a label of this level left out"] += 1
        else:
            yield text, named


def _merged(texts: Sequence[tuple[str, str]], notes: Notes) -> list[tuple[str, str]]:
    """Every text once, as sets may share texts."""
    first: dict[str, str] = {}
    for text, label in texts:
        if first.setdefault(text, label) != label:
            notes.left_out["texts have another label in another set; the first counts"] += 1
    notes.left_out["texts that are in several sets, or given again, merged"] += len(texts) - len(first)
    return list(first.items())
