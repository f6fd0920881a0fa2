"""Whether a model was trained on what it is judged on, as far as mteb knows."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from harness.catalogue.mteb.names import is_mteb, read_name
from harness.embedders.vector_cache import default_cache_folder
from harness.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from harness.catalogue import Place
    from harness.model import Identity

TRAINED_ON = "trained_on"
"""The finding. Its value is 1 where a model was, 0 where it was not, NULL where mteb does not know."""
CAUTION = (
    "mteb:… A footnote warns where mteb knows that a model was trained on a task; of many models it does not know: "
    f"harness findings --name {TRAINED_ON}"
)
"""Below a table with tasks of mteb's: a cell without that footnote is not thereby clean."""
_UNTRAINED = ("baseline", "bm25")
"""Backends that know nothing."""
_ORGANISED = re.compile(r"\w[\w.-]*/[\w.-]+")
"""A name on the hub, ORGANISATION/MODEL."""


@dataclass(frozen=True)
class Training:
    """Model → the tasks of mteb's that it was trained on, those included that share data with them."""

    tasks: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def findings(self, place: Place, models: Iterable[Identity]) -> tuple[Finding, ...]:
        """What is known of each model and the task of a suite. Of a suite that is no task of mteb's, nothing."""
        if not is_mteb(place.name):
            return ()
        task = read_name(place.name).name
        asked = list(dict.fromkeys(f"{one.backend}:{one.name}" for one in models if one.backend not in _UNTRAINED))
        if not asked:
            return (Finding(TRAINED_ON, 0.0, "it was not trained on anything"),)
        found = [self._finding(task, model) for model in asked]
        # Of an embedder with one model, the embedder is the subject.
        return tuple(
            replace(one, subject=model if len(found) > 1 else "") for one, model in zip(found, asked, strict=True)
        )

    def model(self, named: str) -> str:
        """The name by which mteb knows a model that we know as `named`; empty where it does not know its training.

        In full, whatever the case of its letters; else what stands behind the last slash, where one model only has it.
        """
        for written in (named.lower(), _last(named)):
            known = self._names.get(written, ())
            if len(known) == 1:
                return known[0]
        return ""

    @cached_property
    def _names(self) -> Mapping[str, Sequence[str]]:
        """What models are called for short or in full, in small letters → the models that are called so."""
        names: dict[str, list[str]] = defaultdict(list)
        for name in self.tasks:
            names[name.lower()].append(name)
        for name in self.tasks:
            names[_last(name)].append(name)
        return names

    def _finding(self, task: str, model: str) -> Finding:
        written = model.partition(":")[2]
        name = self.model(written)
        # Another organisation's model of this name may be a copy, or something else: it may be marked, not cleared.
        namesake = bool(_ORGANISED.fullmatch(written)) and written.lower() != name.lower()
        if not name or (namesake and task not in self.tasks[name]):
            return Finding(TRAINED_ON, None, f"mteb does not know what {model} was trained on: it may know these texts")
        if task not in self.tasks[name]:
            return Finding(TRAINED_ON, 0.0, f"mteb does not count {task} among what {name} was trained on")
        called = ", a model of the same name," if namesake else ""
        note = f"mteb counts {task} among what {name}{called} was trained on: it may know these texts"
        return Finding(TRAINED_ON, 1.0, note, warning=True)


def training(places: Iterable[Place], cache: Path | None = None) -> Training:
    """What mteb knows; nothing where no suite is its own. cache: where its registry is kept."""
    if not any(is_mteb(place.name) for place in places):
        return Training()
    from harness.catalogue.mteb.registry import read_registry

    return Training(read_registry(cache or default_cache_folder()).trained_on)


def _last(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2].lower()
