"""A comparison as JSON and CSV: every metric, full precision; what is absent is null, with its reason."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING

from harness.report.plain import document, query_csv

if TYPE_CHECKING:
    from harness.model import Compared, Comparison, Difference


def as_json(outcome: Compared) -> str:
    """One object: a, b, margin, suites, not_compared, notes."""
    return document(
        {
            "a": outcome.a,
            "b": outcome.b,
            "margin": outcome.margin,
            "suites": [_suite(comparison) for comparison in outcome.comparisons],
            "not_compared": [asdict(one) for one in outcome.not_compared],
            "notes": list(outcome.notes),
        }
    )


def as_csv(outcome: Compared) -> str:
    """A header and a line per suite and metric."""
    rows = [
        {
            "suite": comparison.suite,
            "kind": comparison.kind,
            "fingerprint": comparison.fingerprint,
            "embedder_a": comparison.a.label,
            "embedder_b": comparison.b.label,
            **_difference(difference),
        }
        for comparison in outcome.comparisons
        for difference in comparison.differences
    ]
    return query_csv(list(rows[0]) if rows else [], [list(row.values()) for row in rows])


def _suite(comparison: Comparison) -> dict[str, object]:
    return {
        "suite": comparison.suite,
        "kind": comparison.kind,
        "fingerprint": comparison.fingerprint,
        "a": asdict(comparison.a),
        "b": asdict(comparison.b),
        "differences": [_difference(difference) for difference in comparison.differences],
        "moved": [asdict(one) for one in comparison.moved],
    }


def _difference(difference: Difference) -> dict[str, object]:
    """Of a metric that could not be compared, only the reason is told."""
    interval, tally = difference.interval, difference.tally
    compared = not difference.reason
    return {
        "metric": difference.metric,
        "headline": difference.headline,
        "higher_is_better": difference.higher_is_better,
        "a": _finite(difference.a) if compared else None,
        "b": _finite(difference.b) if compared else None,
        "difference": _finite(difference.value) if compared else None,
        "low": interval.low,
        "high": interval.high,
        "interval_reason": "" if interval.low is not None else difference.reason or interval.reason,
        "items": difference.items,
        "groups": difference.groups,
        "wins": tally.wins if tally else None,
        "ties": tally.ties if tally else None,
        "losses": tally.losses if tally else None,
        "effect": difference.effect,
        "standard_error": difference.error,
        "test": difference.test,
        "p": difference.p,
        "p_sign_flip": difference.cross,
        "p_adjusted": difference.adjusted,
        "family": difference.family,
        "detectable": difference.detectable,
        "margin": difference.margin,
        "verdict": difference.word if compared else None,
        "items_needed": difference.needed,
        "reason": difference.reason,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
