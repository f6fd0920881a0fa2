"""What gates need, from what is known before or beside a candidate."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from harness.gate.planning import Plan, planned, with_noise
from harness.store import Store
from harness.workflows.commands import run_command
from harness.workflows.gate.pairing import Reference, case_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.model import Difference, Gate, Noise, Run
    from harness.workflows.gate.choosing import Pair
    from harness.workflows.gate.setup import Setup

COLUMNS = ("suite", "metric", "role", "margin", "against", "items", "items_needed", "basis", "noise")


def plans_of(setup: Setup, seen: Mapping[tuple[Gate, Pair], Difference], noise: Sequence[Noise]) -> list[Plan]:
    """What each gate needs against the baseline. seen: how candidates differ from it; else the anchor tells."""
    found: list[Plan] = []
    for asked, pair in product(setup.gates, setup.pairs):
        reference = setup.baseline.run(asked.suite, pair) if setup.baseline else None
        if reference is not None:
            own = seen.get((asked, pair))
            others = [(pair.candidate, own)] if own else _anchors(asked, pair, reference, setup)
            plan = replace(planned(asked, reference, others), candidate=pair.candidate)
            found.append(with_noise(plan, noise, reference.fingerprint))
    return found


def noise_of(setup: Setup) -> tuple[list[Noise], list[str]]:
    """What was measured of the embedders that stand before the gates, whatever they were called; and notes.

    What was measured under a label before it stood for another embedder says nothing of that one.
    """
    store = Store(setup.configuration.store)
    if not (setup.baseline and setup.gates and store.exists()):
        return [], []
    labels = {label for pair in setup.pairs for label in (pair.candidate, pair.reference)}
    keys: dict[str, set[str]] = {label: set() for label in labels}
    for run in (*setup.baseline.baseline.runs, *store.newest(setup.suites, sorted(labels))):
        keys.get(run.embedder, set()).add(run.identity_key)
    measured = store.noise(setup.suites)
    known = {one.identity for one in measured}
    noisy = {one.embedder for one in measured if one.largest}
    outdated = [label for label, own in sorted(keys.items()) if label in noisy and own and not own & known]
    return [one for one in measured if one.identity in set[str]().union(*keys.values())], [
        f"the noise that was measured under the name {label} is that of another embedder, and does not count. Measure "
        f"it anew: {run_command(label, setup.unnamed, setup.spelled, 'aa')}"
        for label in outdated
    ]


def rows(plans: Iterable[Plan]) -> list[list[object]]:
    """Rows of `COLUMNS`."""
    return [
        [
            *(plan.gate.suite, plan.gate.metric, "primary" if plan.gate.primary else "advisory", plan.gate.margin),
            *(plan.embedder, plan.items, plan.needed, plan.basis, plan.noise),
        ]
        for plan in plans
    ]


def _anchors(asked: Gate, pair: Pair, reference: Run, setup: Setup) -> list[tuple[str, Difference]]:
    """How the anchor, on the same data, differs from the baseline."""
    found: list[tuple[str, Difference]] = []
    for against in setup.anchors:
        run = against.run(asked.suite, pair)
        other = case_of(asked, pair, Reference("", ""), reference, run).difference if run else None
        if other is not None:
            found.append((against.title, other))
    return found
