"""By which of our metrics a task of mteb's is measured: first its main score, where we have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.catalogue.metrics import METRICS
from harness.interop.mteb.metric_names import ours, theirs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.catalogue.mteb.kinds.made import Notes
    from harness.catalogue.mteb.place import MtebPlace

ELSEWHERE = "?protocol=mteb lets mteb judge"


def metrics_of(kind: str, task: Any, place: MtebPlace, notes: Notes) -> tuple[str, ...]:
    """The usual metrics of a kind of ours, mteb's main score before them; notes: get remarks on what differs."""
    name = place.entry.main_score
    main = ours(kind, name)
    if main is None:
        notes.remarks.append(f"mteb's main score here, {name}, is not computed: {ELSEWHERE}")
    elif kind == "pairs" and theirs(kind, main) != name:
        notes.remarks.append(f"{main} is of one similarity; mteb's {name} is the best of five")
    if is_overridden(task, ["task_specific_scores"]) and main is not None:
        notes.remarks.append(f"mteb has scores of this task's own besides: {ELSEWHERE}")
    return tuple(dict.fromkeys([*([main] if main else []), *METRICS[kind]]))


def is_overridden(task: Any, methods: Sequence[str]) -> bool:
    """Whether a task's own class, not a base class of mteb's, says how one of these is done."""
    homes = (next((one for one in type(task).__mro__ if name in vars(one)), None) for name in methods)
    return any(home is not None and not home.__module__.startswith("mteb.abstasks") for home in homes)
