"""A verdict for programs, in full precision."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from harness.model import Limit
from harness.report.plain import document, query_csv
from harness.report.verdicts import wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model import Difference, Ruling, Verdict

COLUMNS = (
    *("suite", "metric", "role", "embedder", "reference", "answer", "before", "now", "difference", "low", "high"),
    *("lower", "upper", "interval_reason", "p", "p_adjusted", "family", "items", "groups", "margin", "comparator"),
    *("bound", "unit", "value", "items_needed", "words"),
)
"""Of a ruling, in json and csv. low, high: the 95 % interval. lower, upper: the one-sided 5 % bounds.

p: of a difference in either direction. p_adjusted: what a regression or probable loss rests on, of the claim and the
number of claims in `family`.
"""


def as_json(verdict: Verdict) -> str:
    """One object: the verdict, and a list of rulings with COLUMNS and the items that lost most. Absence is null."""
    rulings = [_ruling(one) | {"moved": [_finite(asdict(item)) for item in one.moved]} for one in verdict.rulings]
    return document(
        {
            "exit_code": verdict.exit_code,
            "sentence": wording.sentence(verdict),
            "policy": verdict.policy,
            "baseline": verdict.baseline,
            "age_days": verdict.age,
            "refresh": verdict.refresh,
            "notes": list(verdict.notes),
            "rulings": rulings,
        }
    )


def as_csv(verdict: Verdict) -> str:
    """A header and a line per ruling, whatever is in its texts; absence is empty."""
    rows = [_ruling(one).values() for one in verdict.rulings]
    lines = [[wording.plain(value) if isinstance(value, str) else value for value in row] for row in rows]
    return query_csv(COLUMNS, lines)


def _ruling(ruling: Ruling) -> dict[str, Any]:
    asked = ruling.asked
    given: dict[str, Any] = {
        "suite": asked.suite,
        "metric": asked.measure if isinstance(asked, Limit) else wording.names(ruling).metric,
        "role": "primary" if asked.primary else "advisory",
        "embedder": ruling.embedder,
        "reference": ruling.reference,
        "answer": ruling.answer,
        "value": ruling.value,
        "items_needed": ruling.needed,
        "words": ruling.words,
    }
    if isinstance(asked, Limit):
        given |= {"comparator": asked.comparator, "bound": asked.bound, "unit": asked.unit}
    else:
        given |= {"margin": asked.margin}
    if ruling.difference:
        given |= _difference(ruling.difference)
    return _finite({column: given.get(column) for column in COLUMNS})


def _difference(found: Difference) -> dict[str, Any]:
    """Its numbers; none where it could not be compared."""
    counted = {"items": found.items, "groups": found.groups}
    if found.reason:
        return counted
    interval, bounds = found.interval, found.bounds
    return counted | {
        "before": found.a,
        "now": found.b,
        "difference": found.value,
        "low": interval.low,
        "high": interval.high,
        "interval_reason": "" if interval.low is not None else interval.reason,
        "lower": bounds.low,
        "upper": bounds.high,
        "p": found.p,
        "p_adjusted": found.adjusted,
        "family": found.family or None,
    }


def _finite(values: Mapping[str, Any]) -> dict[str, Any]:
    """NaN and infinity are no numbers in JSON."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in values.items()
    }
