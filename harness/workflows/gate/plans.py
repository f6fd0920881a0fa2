"""What gates need, from what is known before or beside a candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.gate.planning import Plan, planned, with_noise
from harness.store import Store
from harness.workflows.gate.pairing import Reference, claim

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.model import Difference, Gate, Run
    from harness.workflows.gate.choosing import Pair
    from harness.workflows.gate.setup import Setup

COLUMNS = ("suite", "metric", "role", "margin", "against", "items", "items_needed", "basis", "noise")


def plans_of(setup: Setup, seen: Mapping[tuple[Gate, Pair], Difference]) -> list[Plan]:
    """What each gate needs against the baseline. seen: how candidates differ from it; else the anchor tells."""
    store = Store(setup.configuration.store)
    labels = {label for pair in setup.pairs for label in (pair.candidate, pair.reference)}
    noise = store.noise(setup.suites, sorted(labels)) if store.exists() and setup.gates else []
    found: list[Plan] = []
    for asked, pair in ((asked, pair) for asked in setup.gates for pair in setup.pairs):
        reference = setup.against[0].run(asked.suite, pair)
        if reference is not None:
            own = seen.get((asked, pair))
            others = [(pair.candidate, own)] if own else _anchors(asked, pair, reference, setup)
            found.append(with_noise(planned(asked, reference, others), noise, reference.fingerprint))
    return found


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
    for against in setup.against[1:]:
        run = against.run(asked.suite, pair)
        other = claim(asked, pair, Reference("", ""), reference, run).difference if run else None
        if other is not None:
            found.append((against.title, other))
    return found
