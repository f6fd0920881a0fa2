"""A gate before anybody is judged: who, by what, against whom."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from harness.errors import UsageError, nearest
from harness.store import Store
from harness.store.baselines import Baseline, read_baseline, rounded
from harness.workflows.baselines import anchor_name, baselines_folder
from harness.workflows.gate import choosing
from harness.workflows.gate.choosing import Pair
from harness.workflows.gate.pairing import Reference
from harness.workflows.profile.profiling import PROFILE
from harness.workflows.whereabouts import Whereabouts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

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
    """A baseline in its part: as the one that moves, or as the anchor. options: see `Configuration.options`."""

    baseline: Baseline
    part: str
    options: tuple[str, ...] = ()

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
        options = "".join(f" {shlex.quote(one)}" for one in self.options)
        if self.part == "anchor" or self.baseline.anchor:
            return f"harness baseline save {anchor_name(today, self.baseline.name)} --anchor{options}"
        return f'harness baseline bless {shlex.quote(self.baseline.name)} --reason "…"{options}'


@dataclass(frozen=True)
class Setup:
    """against: the baseline first; empty where there are only floors and budgets. selected: what was typed after -s.

    unjudged: of those, what no gate and no floor is on.
    """

    configuration: Configuration
    against: tuple[Against, ...]
    pairs: tuple[Pair, ...]
    gates: tuple[Gate, ...]
    floors: tuple[Limit, ...]
    notes: tuple[str, ...]
    selected: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()

    @property
    def baseline(self) -> Against | None:
        """The one that moves; None where there are only floors and budgets."""
        return next((one for one in self.against if one.part == "baseline"), None)

    @property
    def anchors(self) -> list[Against]:
        """Those that stay."""
        return [one for one in self.against if one.part == "anchor"]

    @property
    def suites(self) -> list[str]:
        """Of gates and floors, each once."""
        return list(dict.fromkeys([*(gate.suite for gate in self.gates), *(limit.suite for limit in self.floors)]))

    @cached_property
    def where(self) -> Whereabouts:
        """Where the suites lie."""
        return Whereabouts(self.configuration, self.selected)

    @cached_property
    def spelled(self) -> Mapping[str, str]:
        """Suite → what -s has to say for it."""
        return self.where.spelled(self.suites)

    @property
    def unnamed(self) -> Sequence[str]:
        """The suites that a command has to name which is meant for all of them: none where harness.toml names some."""
        return () if self.configuration.suites else self.suites


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
    meant = {one: choosing.selected(one, known, cache) for one in asked.suites}
    _refuse_unknown(meant, known, configuration)
    if meant:
        kept = {suite for suites in meant.values() for suite in suites}
        gates = [gate for gate in gates if gate.suite in kept]
        floors = [limit for limit in floors if limit.suite in kept]
    if not (gates or floors or policy.budgets):
        where, there = ", ".join(asked.suites) or "any suite", ", ".join(known) or "none"
        raise UsageError(f"nothing to judge on {where}: no gate and no floor is there. Suites there: {there}")
    pairs = choosing.pairs(asked.embedders, against[0].baseline) if against else _alone(configuration, asked)
    notes += _about_anchor(against, gates)
    return Setup(
        configuration=configuration,
        against=against,
        pairs=tuple(pairs),
        gates=tuple(gates),
        floors=tuple(floors),
        notes=tuple(notes),
        selected=tuple(meant),
        # Budgets alone are on an embedder, whatever the suites.
        unjudged=_unjudged(meant, gates, floors) if against or policy.floors else (),
    )


def _against(configuration: Configuration, asked: GateRequest) -> tuple[Against, ...]:
    policy, folder = configuration.gate, baselines_folder(configuration)
    name, anchor = asked.baseline or policy.baseline, asked.anchor or policy.anchor
    if not name and (policy.quality or anchor or not (policy.floors or policy.budgets)):
        raise UsageError(
            f'no baseline to stand against: name one with --baseline, or in {policy.file} ([gate] baseline = "main"). '
            "Make one with: harness baseline save main"
        )
    named = {"baseline": name, "anchor": anchor}
    return tuple(
        Against(read_baseline(folder, one, anchor=part == "anchor"), part, configuration.options)
        for part, one in named.items()
        if one
    )


def _unjudged(meant: Mapping[str, Sequence[str]], gates: Sequence[Gate], floors: Sequence[Limit]) -> tuple[str, ...]:
    judged = {gate.suite for gate in gates} | {limit.suite for limit in floors}
    return tuple(one for one, suites in meant.items() if judged.isdisjoint(suites))


def _refuse_unknown(meant: Mapping[str, Sequence[str]], known: Sequence[str], configuration: Configuration) -> None:
    """Raise UsageError for what somebody named and nobody knows: baseline, store, disk."""
    unknown = [
        one
        for one, suites in meant.items()
        if not (suites or choosing.is_suite(one, configuration.cache, configuration.suites))
    ]
    if unknown:
        raise UsageError(
            f"there is no suite {' and no '.join(map(repr, unknown))}. {nearest(unknown[0], known)}Suites there: "
            f"{', '.join(known) or 'none'}"
        )


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
    return [Pair(label, "") for label in dict.fromkeys(labels)]


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
