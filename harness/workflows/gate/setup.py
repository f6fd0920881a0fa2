"""A gate before anybody is judged: who, by what, against whom."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from harness.catalogue import builtin_places
from harness.errors import UsageError
from harness.store import Store
from harness.store.baselines import Baseline, read_baseline, rounded
from harness.workflows.baselines import anchor_name, baselines_folder
from harness.workflows.commands import places_on_disk
from harness.workflows.gate import choosing
from harness.workflows.gate.choosing import Pair
from harness.workflows.gate.pairing import Reference
from harness.workflows.profile.profiling import PROFILE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from harness.catalogue import Place
    from harness.model import Gate, Limit, Policy, Run
    from harness.workflows.configuration import Configuration


@dataclass(frozen=True)
class GateRequest:
    """What to judge; whatever is empty, harness.toml says. embedders: labels, or NEW=OLD."""

    baseline: str = ""
    anchor: str = ""
    embedders: Sequence[str] = ()
    suites: Sequence[str] = ()
    inconclusive: Policy | None = None


@dataclass(frozen=True)
class Against:
    """A baseline in its part: as the one that moves, or as the anchor."""

    baseline: Baseline
    part: str

    @property
    def title(self) -> str:
        """As rulings name it."""
        return f"{self.part} {self.baseline.name}"

    def run(self, suite: str, pair: Pair) -> Run | None:
        """What a candidate stands against on a suite, rounded as its own runs have to be."""
        label = pair.reference if self.part == "baseline" else choosing.in_anchor(pair, self.baseline)
        found = self.baseline.run(suite, label)
        return None if found is None else rounded(found)

    def has(self, suite: str) -> bool:
        """Whether it has results of anybody on a suite."""
        return any(run.suite == suite for run in self.baseline.runs)

    def reference(self, today: date, spelled: Mapping[str, str]) -> Reference:
        """Its name and the command."""
        return Reference(self.title, self.refresh(today), spelled)

    def refresh(self, today: date) -> str:
        """The command that makes it anew: an anchor stays where it is, and gets a successor."""
        if self.part == "anchor" or self.baseline.anchor:
            return f"harness baseline save {anchor_name(today, self.baseline.name)} --anchor"
        return f'harness baseline bless {shlex.quote(self.baseline.name)} --reason "…"'


@dataclass(frozen=True)
class Setup:
    """against: the baseline first; empty where there are only floors and budgets. selected: what was typed after -s."""

    configuration: Configuration
    against: tuple[Against, ...]
    pairs: tuple[Pair, ...]
    gates: tuple[Gate, ...]
    floors: tuple[Limit, ...]
    notes: tuple[str, ...]
    selected: tuple[str, ...] = ()

    @property
    def suites(self) -> list[str]:
        """Of gates and floors, each once."""
        return list(dict.fromkeys([*(gate.suite for gate in self.gates), *(limit.suite for limit in self.floors)]))

    @cached_property
    def on_disk(self) -> Mapping[str, tuple[str, Place]]:
        """Suite → what stands for it, and where it lies, as far as harness.toml and -s name it."""
        typed = (*self.configuration.suites, *self.selected)
        return {place.name: (one, place) for one, place in places_on_disk(typed, self.configuration.cache)}

    @cached_property
    def spelled(self) -> Mapping[str, str]:
        """Suite → its folder, of those that are not built in."""
        builtin = {place.name for place in builtin_places()}
        return {suite: _short(typed) for suite, (typed, _) in self.on_disk.items() if suite not in builtin}


def _short(folder: str) -> str:
    """As one types it here; where nobody need know the whole path, it is not shown."""
    path, here = Path(folder), Path.cwd()
    return f"./{path.relative_to(here).as_posix()}" if path.is_relative_to(here) else folder


def prepared(configuration: Configuration, asked: GateRequest) -> Setup:
    """Who is judged by what.

    Raises UsageError for a gate that stands for nothing, a baseline that cannot be read, an embedder that stands
    against nobody, and where there is nothing to judge.
    """
    policy, cache = configuration.gate, configuration.cache
    against = _against(configuration, asked)
    known = _known_suites(configuration, against)
    gates, notes = choosing.gates(policy, against[0].baseline, cache) if against else ([], [])
    floors = choosing.floors(policy, known, cache)
    if asked.suites:
        kept = {suite for one in asked.suites for suite in choosing.selected(one, known, cache)}
        gates = [gate for gate in gates if gate.suite in kept]
        floors = [limit for limit in floors if limit.suite in kept]
    if not (gates or floors or policy.budgets):
        where, there = ", ".join(asked.suites) or "any suite", ", ".join(known) or "none"
        raise UsageError(f"nothing to judge on {where}: no gate and no floor is there. Suites there: {there}")
    pairs = choosing.pairs(asked.embedders, against[0].baseline) if against else _alone(configuration, asked)
    notes += _about_anchor(against, gates)
    selected = tuple(asked.suites)
    return Setup(configuration, against, tuple(pairs), tuple(gates), tuple(floors), tuple(notes), selected)


def _against(configuration: Configuration, asked: GateRequest) -> tuple[Against, ...]:
    policy, folder = configuration.gate, baselines_folder(configuration)
    name, anchor = asked.baseline or policy.baseline, asked.anchor or policy.anchor
    if not name and (policy.quality or anchor or not (policy.floors or policy.budgets)):
        raise UsageError(
            f'no baseline to stand against: name one with --baseline, or in {policy.file} ([gate] baseline = "main"). '
            "Make one with: harness baseline save main"
        )
    named = {"baseline": name, "anchor": anchor}
    return tuple(Against(read_baseline(folder, one), part) for part, one in named.items() if one)


def _known_suites(configuration: Configuration, against: Sequence[Against]) -> list[str]:
    """Of the baseline, and of the store."""
    store = Store(configuration.store)
    stored = [name for name in store.suite_names("") if name != PROFILE] if store.exists() else []
    return list(dict.fromkeys([*(run.suite for one in against[:1] for run in one.baseline.runs), *stored]))


def _alone(configuration: Configuration, asked: GateRequest) -> list[Pair]:
    labels = asked.embedders or tuple(configuration.embedders)
    if not labels:
        file = configuration.gate.file
        raise UsageError(f"no embedder to judge: name one with -e, or write [embedders] in {file}")
    return [Pair(label, "") for label in labels]


def _about_anchor(against: Sequence[Against], gates: Sequence[Gate]) -> list[str]:
    """That an anchor is none, and which suites are younger than it."""
    notes: list[str] = []
    for one in against[1:]:
        name = one.baseline.name
        if not one.baseline.anchor:
            notes.append(f"{name} is no anchor: blessing moves it. Save one with: harness baseline save NAME --anchor")
        missing = list(dict.fromkeys(gate.suite for gate in gates if not one.has(gate.suite)))
        if missing:
            notes.append(f"the anchor {name} has no results on {', '.join(missing)}: nothing there is held against it")
    return notes
