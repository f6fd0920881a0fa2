"""Plain files → the data of a task, as mteb holds them once it has loaded them.

files (which file is what, by its name) → reading (rows of any format, columns by any usual name) → subsets (the rows
of a subset) → splits (the rows of a split) → rows, ranking (what the kinds of tasks need of them) → published, likened
(whether they are what mteb's published numbers are of).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.catalogue.columns import listed
from harness.catalogue.mteb.plain import rows as kinds
from harness.catalogue.mteb.plain.files import Sought
from harness.catalogue.mteb.plain.published import Size, difference, published_rows, published_statistics, size_of
from harness.catalogue.mteb.plain.ranking import ranking
from harness.catalogue.mteb.plain.splits import Plain, Rows
from harness.errors import Fault, SuiteError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from harness.catalogue.mteb.place import MtebPlace

__all__ = ["PlainData", "plain_dataset"]

_RANKING = "AbsTaskRetrieval"
_ROWS: dict[str, Callable[[Plain], kinds.Splits]] = {
    "AbsTaskSTS": kinds.similarity,
    "AbsTaskPairClassification": kinds.pairs,
    "AbsTaskMultilabelClassification": kinds.multilabel,
    "AbsTaskRegression": kinds.valued,
    "AbsTaskClassification": kinds.labelled,
    "AbsTaskClusteringLegacy": kinds.cluster_sets,
    "AbsTaskClustering": kinds.clusters,
    "AbsTaskBitextMining": kinds.translations,
    "AbsTaskSummarization": kinds.summaries,
}
"""A base class of mteb's tasks, from `mteb.abstasks` → how its rows are read."""

_RECODE = "another encoding: harness suites import, with --encoding gb18030 for one, makes a suite of such a file"


@dataclass(frozen=True)
class PlainData:
    """What a task holds once its data are loaded. remarks: what was decided in place of the user, a sentence each."""

    dataset: Any
    remarks: Sequence[str] = ()


def plain_dataset(root: Path, place: MtebPlace, task: Any) -> PlainData:
    """What mteb's `load_data` would have put into `task.dataset`, in the columns that the task reads in the end.

    root: a folder or a file. Of ranking: subset → split → corpus, queries, relevant_docs, top_ranked. Of other tasks
    split → rows, below their subset where the task has several. Raises SuiteError with every fault, by file, line and
    column.
    """
    base = next((b.__name__ for b in type(task).__mro__ if b.__name__ in {*_ROWS, _RANKING}), "")
    if not base or list(place.entry.modalities) != ["text"]:
        message = f"plain files of {place.entry.type} cannot be read: give a folder in the hub's layout"
        raise SuiteError(place.name, (Fault(str(root), 0, "", message),))
    sought = Sought(place.split, place.entry.splits, place.subset, place.entry.subsets)
    plain = Plain(root, sought, task, by_mteb=place.asked.protocol == "mteb")
    made: Any = ranking(plain) if base == _RANKING else _rows(plain, base)
    if any(fault.message.startswith("not UTF-8") for fault in plain.faults.found):
        plain.faults.add(root.name, 0, "", _RECODE)
    plain.faults.raise_if_any(place.name)
    held = {place.split: made} if base == _RANKING else made
    below = base == _RANKING or _below_subset(task)
    return PlainData({place.subset: held} if below else held, tuple(plain.remarks))


def _rows(plain: Plain, base: str) -> Any:
    """The splits. Of several files for the one that is judged, those that are as large as what mteb has published."""
    splits = _ROWS[base](plain)
    here = None if plain.faults.found else _size(plain, splits)
    if here is None:
        return None if plain.faults.found else plain.splits(splits)
    size, published = here
    if published is not None and not size.like(published):
        for other in plain.others():
            tried = _ROWS[base](other)
            if not other.faults.found and (found := _size(other, tried)) and found[0].like(published):
                new, old = (" + ".join(_origins(of[plain.sought.split])) for of in (tried, splits))
                why = f"with all the {published.count:,} rows that published numbers are of"
                plain.remarks[:] = [*other.remarks, f"{new} is read, {why}, not {old}"]
                return plain.splits(tried)
    unread = plain.unread(_origins(splits[plain.sought.split]))
    beside = f"; not read: {listed(unread)}" if unread else ""
    plain.remarks.extend(f"{one}{beside}" for one in difference("rows", size, published))
    return plain.splits(splits)


def _origins(rows: Rows) -> list[str]:
    """The files that they are from."""
    return list(dict.fromkeys(file for file, _ in rows.origins))


def _size(plain: Plain, splits: kinds.Splits) -> tuple[Size, Size | None] | None:
    """How large the split that is judged is, and what mteb has counted of it; None for rows without texts."""
    label = getattr(plain.task, "label_column_name", "")
    columns = [values for name, values in splits[plain.sought.split].columns.items() if name != label]
    texts = [values for values in columns if all(isinstance(value, str) for value in values)]
    if not texts:
        return None
    here = Size(len(texts[0]), sum(size_of(values).characters for values in texts))
    return here, published_rows(published_statistics(plain.task, plain.sought), len(texts))


def _below_subset(task: Any) -> bool:
    """Whether mteb looks for the rows under their subset; where languages are columns, it does not."""
    return bool(task.metadata.is_multilingual) and not getattr(task, "parallel_subsets", False)
