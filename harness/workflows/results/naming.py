"""What comes from elsewhere among what is ours: whose it is, and where mteb's numbers stand: suite, kind, headline."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.catalogue.mteb.names import Asked, suite_name
from harness.catalogue.mteb.place import MtebPlace
from harness.catalogue.mteb.places import name_of
from harness.catalogue.mteb.registry import kept_registry, read_registry
from harness.errors import MissingExtraError
from harness.interop.mteb.result_reading import Model
from harness.interop.mteb.task_names import SPLIT, SUBSET, task_name
from harness.interop.mteb.task_types import JUDGED_ALIKE, JUDGED_OTHERWISE, foreign_kind, guessed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.catalogue import Place
    from harness.catalogue.mteb.registry import Entry, Registry
    from harness.interop.mteb.result_reading import Part
    from harness.model import Suite

NO_REVISION = "no_revision_available"
"""As mteb has it, of models of which only the name is known."""


@dataclass(frozen=True)
class Standing:
    """kind: as the suite's own runs have it. names: the kind by whose metrics its numbers go, empty for mteb's own.

    main: mteb's name of the main score.
    """

    suite: str
    kind: str
    names: str
    main: str


def run_id(*content: Any) -> str:
    """The same content is the same run, whenever it is imported."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def model_given(text: str, revision: str = NO_REVISION) -> Model | None:
    """NAME or NAME@REVISION; None where no name is given. revision: where none is."""
    name, _, given = text.partition("@")
    return Model(name, given or revision) if name else None


def known_tasks(cache: Path) -> tuple[Registry | None, str]:
    """mteb's registry, and what is to be said about it; nothing where it is that of the mteb that is installed."""
    try:
        return read_registry(cache), ""
    except MissingExtraError:
        kept = kept_registry(cache)
    if kept is not None:
        return kept, f"mteb is not installed: suites are named as mteb {kept.version} was known here"
    return None, (
        "mteb is not installed: suites are named by what the files say. A subset or a split may be named that mteb's "
        "registry would leave out: pip install 'embedding-harness[mteb]'"
    )


def standing(task: str, part: Part, splits: Sequence[str], entry: Entry | None) -> Standing:
    """Of one subset and one split of a task. splits: all of its file, to name a task that nobody knows."""
    if entry is not None:
        return _known(entry, part)
    kind, main = guessed(part)
    names = JUDGED_ALIKE.get(kind, "")
    suite = suite_name(
        task,
        subset="" if part.subset == SUBSET else part.subset,
        split=part.split if len(splits) > 1 else "",
        protocol="mteb" if kind in JUDGED_OTHERWISE else "",
    )
    return Standing(suite, names or foreign_kind(kind), names, main)


def place_in_mteb(place: Place, suite: Suite) -> tuple[str, str, str]:
    """What mteb calls a suite: task, subset and split. One that is none of mteb's is a task of its own."""
    if isinstance(place, MtebPlace):
        return place.entry.name, place.subset, place.split
    return task_name(suite.name, suite.fingerprint, (metric.name for metric in suite.metrics)), SUBSET, SPLIT


def _known(entry: Entry, part: Part) -> Standing:
    text = list(entry.modalities) == ["text"]
    names = JUDGED_ALIKE.get(entry.type, "") if text else ""
    asked = Asked(entry.name, protocol="mteb" if text and entry.type in JUDGED_OTHERWISE else "ours")
    # The mean that an aggregate task is has no subset, though its parts may have several.
    suite = suite_name(entry.name) if entry.members else name_of(entry, part.subset, part.split, asked)
    return Standing(suite, names or foreign_kind(entry.type), names, entry.main_score)
