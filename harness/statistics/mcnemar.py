"""McNemar's exact test: items that are hit or missed, by two embedders."""

from __future__ import annotations

import sys


def mcnemar(wins: int, losses: int) -> float:
    """The two-sided p of as many items won as lost, given how many are either: min(1, 2 · P(X ≤ min(wins, losses))).

    X is binomial(wins + losses, 1/2): items on which both hit or both miss say nothing (McNemar 1947, Psychometrika
    12; exact as scipy.stats.binomtest). 1 where no item differs, and never 0.
    """
    from scipy.special import bdtr  # noqa: PLC0415 # 0.25 s, which a table without comparisons must not pay

    if wins + losses == 0:
        return 1.0
    tail = float(bdtr(float(min(wins, losses)), wins + losses, 0.5))
    return max(min(1.0, 2 * tail), sys.float_info.min)
