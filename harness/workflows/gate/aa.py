"""The same embedder several times, past the cache of vectors: how far its runs lie apart, and whether a gate minds."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from statistics import fmean, stdev
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from harness.embedders.vector_cache import VectorCache
from harness.errors import EmbedderError, SuiteError, UsageError
from harness.evaluate import evaluate
from harness.gate.planning import CLEAR_OF_NOISE
from harness.gate.rules import rulings
from harness.gate.sameness import changed_items
from harness.gate.sameness import values as item_values
from harness.model import MARGIN, ForeignSuite, Gate, Noise, Run
from harness.store import Store
from harness.store.baselines import DECIMALS, rounded
from harness.workflows.candidates import opened
from harness.workflows.gate.choosing import Pair, margins, selected
from harness.workflows.gate.pairing import Reference, case_of
from harness.workflows.shelf import shelf
from harness.workflows.terms import demand_consent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.gate.policy import GatePolicy
    from harness.model import AnySuite, Spec, Suite
    from harness.workflows.candidates import Candidate
    from harness.workflows.run import Request, Watch


@dataclass(frozen=True)
class Repeated:
    """A metric of a suite over several runs. score: their mean. gate: `primary`, `advisory`, empty where there is none.

    least: the smallest margin that is clear of the noise.
    """

    noise: Noise
    score: float
    gate: str

    @property
    def least(self) -> float:
        """Three times the largest difference."""
        return CLEAR_OF_NOISE * self.noise.largest


_NOISE = tuple(field.name for field in fields(Noise))
COLUMNS = (*_NOISE, "score", "gate", "least_margin")
_EMBEDDER = "embedder"
_BRIEF = (
    "suite",
    _EMBEDDER,
    "metric",
    "score",
    "largest Δ",
    "spread",
    "changed",
    "gate",
    "margin",
    "flips",
    "margin from",
)


def repeat(asked: Request, runs: int, watch: Watch, policy: GatePolicy, margin: float | None = None) -> list[Repeated]:
    """Run every embedder on every suite `runs` times, record the noise, not the runs.

    margin: of every gate, in place of what the policy says. Raises UsageError as `harness.workflows.run.run`,
    SuiteError, EmbedderError, StoreError.
    """
    demand_consent(asked.terms, (spec.text for spec in asked.embedders.values()))
    suites = [_readable(suite) for suite in shelf(asked.suites, asked.cache, watch.told, asked.listed).values()]
    store = Store(asked.store)
    store.prepare()
    found: list[Repeated] = []
    for label, spec in asked.embedders.items():
        made = [_once(label, spec, suites, asked, watch) for _ in range(runs)]
        of_suites = [list(own) for own in zip(*made, strict=True)]
        of_one = [one for own in of_suites for one in _repeated(own, _gates(own[0], policy, margin, asked.cache))]
        store.add_noise([one.noise for one in of_one])
        found += of_one
    return found


def flipped(found: Iterable[Repeated]) -> bool:
    """Whether a primary gate answered differently on runs of the same embedder."""
    return any(one.gate == "primary" and one.noise.flips for one in found)


def rows(found: Iterable[Repeated]) -> list[list[object]]:
    """Rows of `COLUMNS`."""
    return [[*(getattr(one.noise, name) for name in _NOISE), one.score, one.gate, one.least] for one in found]


def brief(found: Sequence[Repeated]) -> tuple[list[str], list[list[object]]]:
    """Columns and rows for people; whose they are only where there are several."""
    several = len({one.noise.embedder for one in found}) > 1
    columns = [name for name in _BRIEF if several or name != _EMBEDDER]
    lines = (dict(zip(_BRIEF, _brief(one, one.noise), strict=True)) for one in found)
    return columns, [[line[name] for name in columns] for line in lines]


def sentence(found: Iterable[Repeated]) -> str:
    """What the primary gates made of it, and on which suites there is none."""
    lines = list(found)
    primary = [one.noise for one in lines if one.gate == "primary"]
    if not primary:
        return "no primary gate is on these suites: their noise was measured, and decides nothing"
    flips, pairs = sum(noise.flips for noise in primary), sum(noise.pairs for noise in primary)
    judged = f"primary gates did not pass in {flips:,} of {pairs:,} comparisons of an embedder with itself"
    left = dict.fromkeys(one.noise.suite for one in lines if one.noise.suite not in {noise.suite for noise in primary})
    return f"{judged}; no primary gate is on {', '.join(left)}, whose noise decides nothing" if left else judged


def unmeasured(found: Iterable[Repeated], asked: Iterable[str], cache: Path | None) -> list[str]:
    """What was asked for by name, and nobody has a score on."""
    measured = {one.noise.suite for one in found}
    return [one for one in asked if not selected(one, measured, cache)]


def _brief(one: Repeated, noise: Noise) -> list[object]:
    changed, flips = f"{noise.changed:,}/{noise.items:,}", f"{noise.flips}/{noise.pairs}"
    return [
        *(noise.suite, noise.embedder, noise.metric, one.score, noise.largest, noise.spread, changed),
        *(one.gate or "–", noise.margin, flips, one.least),
    ]


def _readable(suite: AnySuite | SuiteError) -> Suite:
    if isinstance(suite, SuiteError):
        raise suite
    if isinstance(suite, ForeignSuite):
        raise UsageError(
            f"{suite.name} is judged by {suite.judge.name}, which gives no score per item: nothing to pair"
        )
    return suite


def _once(label: str, spec: Spec, suites: Sequence[Suite], asked: Request, watch: Watch) -> list[Run]:
    """A run on each suite of an embedder that is opened anew, and finds nothing in a cache."""
    made: list[Run] = []
    with TemporaryDirectory() as folder, VectorCache(Path(folder)) as cache:
        candidate = opened(label, spec, cache, asked.terms, watch.embedded)
        for suite in suites:
            watch.began(label, suite.name, suite.size)
            made.append(_run(candidate, suite))
            watch.ended(made[-1])
    return made


def _run(candidate: Candidate, suite: Suite) -> Run:
    if isinstance(candidate.embedder, EmbedderError):
        raise candidate.embedder
    started_at, before = datetime.now(UTC).isoformat(timespec="microseconds"), candidate.embedded
    outcome = evaluate(suite, candidate.embedder)
    run = Run(
        id=started_at,
        started_at=started_at,
        suite=suite.name,
        kind=suite.kind,
        fingerprint=suite.fingerprint,
        embedder=candidate.label,
        identity=candidate.embedder.identity,
        status=outcome.status,
        reason=outcome.reason,
        seconds=outcome.seconds,
        scores=outcome.scores,
        items=outcome.items,
        texts=candidate.embedded - before,
    )
    return rounded(run)  # as a gate does


def _gates(run: Run, policy: GatePolicy, margin: float | None, cache: Path | None) -> dict[str, tuple[Gate, str]]:
    """The gate of every metric of a run, and its role; one of no role where nobody asks for it."""
    names = [score.metric for score in run.scores]
    asked = margins(policy, run.suite, names, cache)
    found = {name: asked.get(name, Gate(run.suite, name, MARGIN)) for name in names}
    roles = {name: "primary" if gate.primary else "advisory" for name, gate in asked.items()}
    return {name: (replace(gate, margin=margin or gate.margin), roles.get(name, "")) for name, gate in found.items()}


def _repeated(runs: Sequence[Run], gates: Mapping[str, tuple[Gate, str]]) -> list[Repeated]:
    """A line per metric that has a value in every run."""
    found: list[Repeated] = []
    for name, (gate, role) in gates.items():
        scores = [next(score for score in run.scores if score.metric == name) for run in runs]
        values = [score.value for score in scores if score.value is not None]
        if len(values) == len(runs):
            found.append(Repeated(_noise(runs, gate, values), fmean(values), role))
    return found


def _noise(runs: Sequence[Run], gate: Gate, values: Sequence[float]) -> Noise:
    first, pairs = runs[0], list(combinations(runs, 2))
    return Noise(
        suite=first.suite,
        fingerprint=first.fingerprint,
        embedder=first.embedder,
        identity=first.identity_key,
        metric=gate.metric,
        runs=len(runs),
        largest=round(max(values) - min(values), DECIMALS),
        spread=stdev(values),
        items=len(item_values(first, gate.metric)),
        changed=changed_items(runs, gate.metric),
        margin=gate.margin,
        flips=sum(not (_passes(gate, a, b) and _passes(gate, b, a)) for a, b in pairs),
        pairs=len(pairs),
        measured_at=datetime.now(UTC).isoformat(timespec="microseconds"),
    )


def _passes(gate: Gate, a: Run, b: Run) -> bool:
    """Whether a run passes the gate against another one of the same embedder, as every one should."""
    said = case_of(gate, Pair(b.embedder, a.embedder), Reference("run before", ""), a, b)
    return rulings([said])[0].answer == "pass"
