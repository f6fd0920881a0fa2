"""mteb's data, task type by task type, as rows in our columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.catalogue.mteb.kinds.clusters import clustering
from harness.catalogue.mteb.kinds.labelled import classification, multilabel
from harness.catalogue.mteb.kinds.measured import is_overridden
from harness.catalogue.mteb.kinds.ranking import ranking
from harness.catalogue.mteb.kinds.sentences import bitext, pairs, similarity
from harness.interop.mteb import door

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.catalogue.mteb.kinds.made import Made
    from harness.catalogue.mteb.place import MtebPlace

_KINDS: dict[str, Callable[[Any, MtebPlace], Made | None] | None] = {
    "AbsTaskRetrieval": ranking,
    "AbsTaskSTS": similarity,
    "AbsTaskPairClassification": pairs,
    "AbsTaskBitextMining": bitext,
    "AbsTaskClassification": classification,
    "AbsTaskMultilabelClassification": multilabel,
    "AbsTaskRegression": None,  # one of AbsTaskClassification's, but its labels are numbers
    "AbsTaskClustering": clustering,
    "AbsTaskClusteringLegacy": clustering,
}
"""A base class of mteb's tasks, from `mteb.abstasks` → how its data are read. None: they fit none of our kinds."""
_SCORING = ("evaluate", "_evaluate_subset", "_calculate_scores", "_compute_metrics", "evaluator")
"""What says how a task of mteb's is scored. A task with one of its own is not what its base class says: two of 2,087.

Private names of mteb's, since it has no others for it; where one goes, no task has one of its own.
"""


def converted(task: Any, place: MtebPlace) -> Made | None:
    """What a loaded task's data are as tables of ours, or None where only mteb itself can judge them.

    Raises SuiteError where the data are not what a task of its class has.
    """
    read = reader_of(task, place)
    with door.undisturbed():
        return read(task, place) if read else None


def reader_of(task: Any, place: MtebPlace) -> Callable[[Any, MtebPlace], Made | None] | None:
    """How the data of a task are read, which need not be loaded for this; None where only mteb can judge them."""
    if list(place.entry.modalities) != ["text"] or is_overridden(task, _SCORING):
        return None
    bases = (base.__name__ for base in type(task).__mro__)
    return next((_KINDS[base] for base in bases if base in _KINDS), None)
