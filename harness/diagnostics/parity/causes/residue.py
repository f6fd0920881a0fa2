"""What the differences look like that no cause accounts for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.diagnostics.parity.agreement import ordinary
from harness.diagnostics.parity.cause import BOTH, Cause, listed, number
from harness.diagnostics.parity.probes import TEXTS

if TYPE_CHECKING:
    from collections.abc import Collection

    from harness.diagnostics.parity.agreement import Agreement, Place
    from harness.model import Floats


NEAR, _BAND = 0.9, 0.06
"""Weights in 8 bits move all texts alike: seen are cosines of 0.96 to 0.998; in 4 bits 0.93 to 0.98."""

_OTHER = 0.5
"""Medians below: unrelated models of one dimension have cosines about 0, one model pooled in two ways 0.6 and more."""

_ORDERED = 0.9


def residue(agreement: Agreement, left: Collection[Place]) -> Cause | None:
    """The most likely cause of the differences that are left over; None where nothing is."""
    own = [place for place in ordinary() if place in left]
    if not own:
        return _particular(agreement, left) if left else None
    values = np.array([agreement.cosines[place] for place in own])
    same_dimension = agreement.a.dimension == agreement.b.dimension
    if language := _one_language(agreement, own):
        return language
    if float(np.median(values)) < (_OTHER if same_dimension else NEAR):
        return _another(agreement, values)
    low, high = np.quantile(values, [0.05, 0.95])
    ordered = not same_dimension or (agreement.rank_correlation or 0.0) >= _ORDERED
    if values.min() >= NEAR and high - low <= _BAND and ordered:
        return _precision(agreement, values)
    return _unexplained(agreement, values, {way for way, _ in own})


def _precision(agreement: Agreement, values: Floats) -> Cause:
    return Cause(
        "precision",
        BOTH,
        "every text is a little off: the numeric precision or the quantisation of the weights differs",
        evidence=f"cosines {number(values.min())} to {number(values.max())}, {orders(agreement)}",
        advice="measure on your suites whether it matters; do not mix both sides' vectors in one index",
    )


def _unexplained(agreement: Agreement, values: Floats, ways: Collection[str]) -> Cause:
    return Cause(
        "unexplained",
        BOTH,
        "the sides are related, but nothing that was tried explains the difference"
        if len(ways) > 1
        else f"the sides agree but for the {next(iter(ways))} role: one of them has a prompt there that was not tried",
        evidence=f"cosines {number(values.min())} to {number(values.max())}, {orders(agreement)}",
        advice="compare revision, pooling, layers, prompts of your own and fine-tuning",
    )


def _one_language(agreement: Agreement, own: Collection[Place]) -> Cause | None:
    """Sides that agree on all ordinary texts of one language and differ on most of the other."""
    chinese = {place for place in ordinary() if not TEXTS[place[1]].isascii()}
    for read, other, rest in (
        ("English", "Chinese", chinese),
        ("Chinese", "English", set(ordinary()) - chinese),
    ):
        if set(own) <= rest and len(own) > len(rest) / 2:
            return Cause(
                "vocabulary",
                BOTH,
                f"the sides agree on {read} texts, but not on {other} ones",
                evidence=f"smallest cosine {number(agreement.least(set(ordinary()) - rest))} in {read}, "
                f"{number(agreement.least(own))} in {other}",
                advice="compare the vocabulary files: a tokenizer that lacks letters gives many texts one vector",
            )
    return None


def _another(agreement: Agreement, values: Floats) -> Cause:
    sizes = agreement.a.dimension, agreement.b.dimension
    dimensions = "" if sizes[0] == sizes[1] else f"{sizes[0]} and {sizes[1]} dimensions, "
    return Cause(
        "another model",
        BOTH,
        "these are two models, not one",
        evidence=f"{dimensions}median cosine {number(float(np.median(values)))} by the dimensions that both have, "
        f"{orders(agreement)}",
        advice="check the names, the revision and the files that each side loads",
    )


def _particular(agreement: Agreement, left: Collection[Place]) -> Cause:
    names = list(dict.fromkeys(name for _, name in sorted(left, key=lambda place: agreement.cosines[place])))
    return Cause(
        "particular texts",
        BOTH,
        f"the sides agree on ordinary texts, but not on {listed(names)}",
        evidence=f"smallest cosine {number(agreement.least(left))}",
        advice="look at what each side does to such texts before its tokenizer sees them",
    )


def orders(agreement: Agreement) -> str:
    """How alike both sides rank documents, for a sentence."""
    found = agreement.rank_correlation
    ranked = "no rank correlation" if found is None else f"rank correlation {found:.3f}"
    return f"{ranked}, {agreement.overlap:.0%} of the 10 nearest in common"
