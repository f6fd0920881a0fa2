"""Who stands against whom, and on which suites and metrics."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness.errors import MissingExtraError, UsageError, nearest
from harness.model import MARGIN, Gate
from harness.workflows.shelf import find_places
from harness.workflows.table import selects, suite_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from harness.gate.policy import GatePolicy
    from harness.model import Limit, Run
    from harness.store.baselines import Baseline


@dataclass(frozen=True)
class Pair:
    """A candidate, by its label, and the embedder of the baseline that it stands against; empty where there is none."""

    candidate: str
    reference: str


def pairs(asked: Sequence[str], baseline: Baseline) -> list[Pair]:
    """The candidates and their references; without candidates, the embedders of the baseline under their own labels.

    A candidate that the baseline does not know stands against its only embedder; NEW=OLD says against which of several.
    Raises UsageError where nobody says.
    """
    labels = list(dict.fromkeys(run.embedder for run in baseline.runs))
    found = [_pair(one, labels) for one in asked or labels]
    unclear = [one for one, pair in zip(asked or labels, found, strict=True) if pair is None]
    if unclear:
        raise UsageError(
            f"the baseline {baseline.name} has {len(labels)} embedders, and {' and '.join(unclear)} is none of them. "
            f"{nearest(unclear[0], labels)}Say against which one it stands: -e '{unclear[0]}={labels[0]}'. "
            f"Embedders there: {', '.join(labels)}"
        )
    return list(dict.fromkeys(pair for pair in found if pair is not None))


def in_anchor(pair: Pair, anchor: Baseline) -> str:
    """The embedder of an anchor that a candidate stands against: its own label, its reference's, or the only one."""
    labels = list(dict.fromkeys(run.embedder for run in anchor.runs))
    return next(
        (label for label in (pair.candidate, pair.reference) if label in labels), labels[0] if len(labels) == 1 else ""
    )


def selected(name: str, known: Iterable[str], cache: Path | None) -> list[str]:
    """The known suites that a name, a folder of suites, or a folder on disk stands for."""
    suites = list(known)
    if name in suites:
        return [name]
    names = {name.rstrip("/"), *suite_names(name, cache)}
    return [suite for suite in suites if any(selects(one, suite) for one in names)]


def is_suite(name: str, cache: Path | None, listed: Iterable[str]) -> bool:
    """Whether a name stands for suites that are built in, of mteb's, in a folder on disk, or listed in harness.toml."""
    try:
        return bool(find_places(name, cache, listed))
    except (MissingExtraError, UsageError):
        return False


def gates(policy: GatePolicy, baseline: Baseline, cache: Path | None) -> tuple[list[Gate], list[str]]:
    """The gates, one per suite and metric, and notes.

    A gate on a suite takes the place of one on its folder. Raises UsageError with every gate that stands for nothing.
    """
    metrics = _metrics(baseline.runs)
    if not policy.quality:
        return _headlines(baseline, metrics, policy.file)
    expanded = _Expanded(metrics, baseline.name, policy.file, cache)
    for gate in sorted(policy.quality, key=lambda gate: -len(gate.suite)):
        expanded.add(gate)
    expanded.refuse()
    order = {suite: place for place, suite in enumerate(metrics)}
    return sorted(expanded.found.values(), key=lambda gate: (not gate.primary, order[gate.suite])), []


def margins(policy: GatePolicy, suite: str, metrics: Sequence[str], cache: Path | None) -> dict[str, Gate]:
    """The gate of each metric of a suite that has one, as `gates` says; of the headline where no suite has any.

    metrics: the headline first.
    """
    if not policy.quality:
        return {metrics[0]: Gate(suite, metrics[0], MARGIN)}
    found: dict[str, Gate] = {}
    for gate in sorted(policy.quality, key=lambda gate: -len(gate.suite)):
        name = gate.metric or metrics[0]
        if name in metrics and selected(gate.suite, [suite], cache):
            found.setdefault(name, replace(gate, suite=suite, metric=name))
    return found


def floors(policy: GatePolicy, known: Iterable[str], cache: Path | None) -> list[Limit]:
    """The floors, one per suite. Raises UsageError with every one whose suite is not known."""
    suites = list(known)
    found: list[Limit] = []
    faults: list[str] = []
    for limit in policy.floors:
        meant = selected(limit.suite, suites, cache)
        found += [replace(limit, suite=suite) for suite in meant]
        if not meant:
            faults.append(f"[gate.floors] {limit.text!r}: {_no_suite(limit.suite, suites, 'the store')}")
    _refuse(policy.file, faults)
    return found


@dataclass
class _Expanded:
    """Gates by suite and metric, the more specific one first come; what stood for nothing."""

    metrics: Mapping[str, Sequence[str]]
    name: str
    file: str
    cache: Path | None
    found: dict[tuple[str, str], Gate] = field(default_factory=dict)
    written: dict[tuple[str, str], Gate] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, gate: Gate) -> None:
        """Every suite and metric that a gate stands for, where no longer name has one."""
        suites = selected(gate.suite, self.metrics, self.cache)
        if not suites:
            self._fault(gate, _no_suite(gate.suite, list(self.metrics), f"the baseline {self.name}"))
        scored = [suite for suite in suites if not gate.metric or gate.metric in self.metrics[suite]]
        if suites and not scored:
            known = list(dict.fromkeys(metric for suite in suites for metric in self.metrics[suite]))
            hint = f"{nearest(gate.metric, known)}Metrics there: {', '.join(known)}"
            self._fault(gate, f"the baseline {self.name} has no metric {gate.metric!r} there. {hint}")
        for suite in scored:
            self._put(gate, replace(gate, suite=suite, metric=gate.metric or self.metrics[suite][0]))

    def refuse(self) -> None:
        """Raises UsageError where anything was wrong."""
        _refuse(self.file, self.faults)

    def _put(self, written: Gate, gate: Gate) -> None:
        key = (gate.suite, gate.metric)
        other = self.written.setdefault(key, written)
        self.found.setdefault(key, gate)
        if other is not written and other.suite == written.suite:
            self._fault(written, f"{gate.metric} is the headline of {gate.suite}, and has two gates; leave one of them")

    def _fault(self, gate: Gate, message: str) -> None:
        self.faults.append(f"[gate.quality] {gate.suite} {gate.metric or 'headline'}: {message}")


def _pair(asked: str, labels: Sequence[str]) -> Pair | None:
    if asked in labels:
        return Pair(asked, asked)
    for old in sorted(labels, key=len, reverse=True):
        new = asked.removesuffix(f"={old}")
        if new and new != asked:
            return Pair(new, old)
    return Pair(asked, labels[0]) if len(labels) == 1 else None


def _headlines(baseline: Baseline, metrics: Mapping[str, Sequence[str]], file: str) -> tuple[list[Gate], list[str]]:
    """A gate for every suite that can be compared item by item, and what there is to know."""
    paired = {run.suite for run in baseline.runs if run.items}
    found = [Gate(suite, known[0], MARGIN) for suite, known in metrics.items() if suite in paired]
    left = [suite for suite in metrics if suite not in paired]
    unasked = (
        f"{file} has no [[gate.quality]]: the headline metric of every suite of the baseline is a primary gate with a "
        f"margin of {MARGIN:g}"
    )
    return found, [unasked, *([f"no gate on {', '.join(left)}: the baseline has no items there"] if left else [])]


def _metrics(runs: Sequence[Run]) -> dict[str, list[str]]:
    """Suite → its metrics, the headline first."""
    found: dict[str, dict[str, None]] = {}
    for run in runs:
        found.setdefault(run.suite, {}).update({score.metric: None for score in run.scores})
    return {suite: list(names) for suite, names in found.items()}


def _no_suite(name: str, known: Sequence[str], where: str) -> str:
    return f"{where} has no suite {name!r}. {nearest(name, known)}Suites there: {', '.join(known) or 'none'}"


def _refuse(file: str, faults: Sequence[str]) -> None:
    if faults:
        lines = "\n".join(f"  {file} {fault}" for fault in faults)
        raise UsageError(f"the gate has {len(faults)} fault(s):\n{lines}")
