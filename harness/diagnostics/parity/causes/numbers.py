"""Causes in the numbers themselves: unsteady, shorter or longer, fewer, turned, rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from harness.diagnostics.parity.agreement import LABELS, OTHER, ROLES, asked_for, everything, ordinary
from harness.diagnostics.parity.cause import BOTH, Cause, number
from harness.diagnostics.parity.causes.residue import NEAR, orders
from harness.diagnostics.parity.observation import Answers, alike, directions
from harness.diagnostics.parity.probes import ORDINARY, names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.diagnostics.parity.agreement import Agreement, Label, Place
    from harness.diagnostics.parity.observation import Observation
    from harness.model import Floats


_UNIT = 1e-3
"""How far from 1 a length may be; half precision is off by so much."""

_BYTE, _SHARE = 256, 0.75


def unsteady(agreement: Agreement) -> Iterator[Cause]:
    """Vectors that depend on the batch, on the order of it, or on chance."""
    for find in (_by_chance, _by_batch):
        found = {label: cause for label, side, _ in agreement.sides() if (cause := find(label, side, agreement))}
        if len(found) == len(LABELS) and not any(cause.covers for cause in found.values()):
            first, second = found.values()
            evidence = f"A: {first.evidence}; B: {second.evidence}"
            text = first.text.replace("A gives", "both sides give", 1)
            yield Cause(first.name, BOTH, text, evidence, first.advice, decisive=False)
        else:
            yield from found.values()


def _by_chance(label: Label, side: Observation, agreement: Agreement) -> Cause | None:
    again = side.steadiness.again
    if again is None or again >= agreement.min_cosine:
        return None
    within = {place for place in agreement.differing if 1 - agreement.cosines[place] <= 2 * (1 - again)}
    return Cause(
        "not deterministic",
        label,
        f"{label} gives a text another vector when it is asked again",
        evidence=f"smallest cosine {number(again)} between two answers to one request",
        advice="switch off dropout and sampling; a service that answers from several versions does this too",
        covers=frozenset(within),
    )


def _by_batch(label: Label, side: Observation, agreement: Agreement) -> Cause | None:
    steady = side.steadiness
    ways = {"alone instead of in a batch": steady.alone, "in a batch in reversed order": steady.reordered}
    tried = {how: cosine for how, cosine in ways.items() if cosine is not None}
    least = min(tried.values(), default=1.0)
    if least >= agreement.min_cosine or (steady.again or 0.0) < agreement.min_cosine:
        return None
    how = next(how for how, cosine in tried.items() if cosine == least)
    a, b = agreement.a.alone(), agreement.b.alone()
    agree = bool((alike(a, b)[a.there & b.there] >= agreement.min_cosine).all()) and bool((a.there & b.there).any())
    alone = "; asked one by one the sides agree" if agree and agreement.differing else ""
    return Cause(
        "batch",
        label,
        f"{label} gives a text another vector depending on what else is in the batch",
        evidence=f"smallest cosine {number(least)}, {how} (text: {steady.worst}){alone}",
        advice="check the attention mask of padded texts; weights quantised on the fly do this as well: "
        "send texts one by one, or use static quantisation",
        covers=everything(*ROLES) if agree and agreement.differing else frozenset(),
    )


def norms(agreement: Agreement, similarity: str) -> Iterator[Cause]:
    """Vectors that are not equally long; it only matters where lengths do."""
    of_a, of_b = agreement.norms
    if not len(of_a) or agreement.same_norms or agreement.a.dimension != agreement.b.dimension:
        return
    ratios = of_b / of_a
    even = float(ratios.max() / ratios.min()) < 1.01  # noqa: PLR2004 # one factor, to a per cent
    units = [bool((np.abs(lengths - 1) <= _UNIT).all()) for lengths in (of_a, of_b)]
    about: Label | Literal["both"] = BOTH if units[0] == units[1] else ("B" if units[0] else "A")
    factor = f"; B's are {ratios.mean():.4g} times as long" if even else "; the factor differs from text to text"
    yield Cause(
        "not normalised",
        about,
        "the vectors differ in length" if about == BOTH else f"{about}'s vectors are not of length 1, the other's are",
        evidence=f"lengths: A {spread(of_a)}, B {spread(of_b)}{factor}",
        advice="under cosine this changes nothing; under dot product and euclidean distance it does: scale the vectors "
        "to length 1 before they are stored",
        decisive=similarity != "cosine",
    )


def spread(lengths: Floats) -> str:
    """The range of some lengths: `1`, or `6.7 to 8.1`."""
    low, high = (f"{value:.4g}" for value in (lengths.min(initial=np.inf), lengths.max(initial=0.0)))
    return low if low == high else f"{low} to {high}"


def dimension(agreement: Agreement, known: frozenset[Place]) -> Iterator[Cause]:
    """One side's vectors are the leading dimensions of the other's. known: places that differ for another reason."""
    sizes = {label: side.dimension for label, side, _ in agreement.sides()}
    if sizes["A"] == sizes["B"] or not all(sizes.values()):
        return
    short, long = sorted(sizes, key=lambda label: sizes[label])
    padded = not agreement.side(long).probes("document").rows[:, sizes[short] :].any()
    rest = agreement.cosines.keys() - known
    yield Cause(
        "fewer dimensions",
        short,
        f"{long} is {short} padded with zeros to {sizes[long]} dimensions"
        if padded
        else f"{short} is {long} cut to its leading {sizes[short]} of {sizes[long]} dimensions",
        evidence=f"smallest cosine {number(agreement.least(rest))} by the leading {sizes[short]}" if rest else "",
        advice="ask both sides for the same number of dimensions",
    )


def basis(agreement: Agreement) -> Iterator[Cause]:
    """The same distances between texts, in turned or exchanged axes."""
    if agreement.a.dimension != agreement.b.dimension or agreement.least(ordinary(ROLES[:1])) >= agreement.min_cosine:
        return
    tables = [directions(side.probes("document", names(*ORDINARY)).rows) for _, side, _ in agreement.sides()]
    off = float(np.abs(tables[0] @ tables[0].T - tables[1] @ tables[1].T).max())
    if off < 1e-3:  # noqa: PLR2004 # of a cosine: what float16 leaves
        yield Cause(
            "another basis",
            BOTH,
            "any two texts are as near on one side as on the other, but the axes differ: turned, exchanged or negated",
            evidence=f"cosines between texts differ by {off:.1g} at the most, those of a text's two vectors go down "
            f"to {number(agreement.least(ordinary(ROLES[:1])))}",
            advice="search among either side's vectors alone; never mix the two in one index",
            covers=everything(*ROLES),
        )


def grid(agreement: Agreement) -> Iterator[Cause]:
    """A side whose numbers take few different values: vectors that were quantised after the model."""
    levels = {label: _levels(side) for label, side, _ in agreement.sides()}
    label = min(levels, key=lambda side: levels[side])
    other, width = OTHER[label], agreement.side(label).dimension
    if levels[label] > min(_BYTE, _SHARE * width) or 2 * levels[label] > levels[other]:
        return
    one_bit = levels[label] <= 2  # noqa: PLR2004 # a sign has two values
    coarse = _signs(agreement, label) if one_bit else agreement.cosines
    within = {place for place in agreement.differing if coarse[place] >= (agreement.min_cosine if one_bit else NEAR)}
    if not within:
        return
    yield Cause(
        "quantised vectors",
        label,
        f"{label}'s vectors are quantised: {'one bit' if one_bit else '8 bits or fewer'} per number",
        evidence=f"a vector of {width} numbers has {levels[label]:.0f} different ones on {label}, {levels[other]:.0f} "
        f"on {other}; cosines from {number(agreement.least(within))}, {orders(agreement)}",
        advice="quantise both sides with one calibration, or neither",
        covers=frozenset(within),
    )


def _signs(agreement: Agreement, label: Label) -> dict[Place, float]:
    """Cosines of the vectors of the side `label` with the signs of the other side's."""
    kept, whole = agreement.side(label), agreement.side(OTHER[label])
    found: dict[Place, float] = {}
    for way in ROLES:
        own = whole.probes(way, asked_for(way))
        signs = np.where(own.rows > 0, np.float32(1), np.float32(-1)) * own.rows.any(axis=1, keepdims=True)
        values = alike(kept.probes(way, asked_for(way)), Answers(signs, own.reasons))
        found |= {(way, name): float(value) for name, value in zip(asked_for(way), values, strict=True)}
    return found


def _levels(side: Observation) -> float:
    """How many different numbers a vector has, the median over the documents."""
    rows = side.probes("document").rows
    counts = [len(np.unique(row)) for row in rows if row.any()]
    return float(np.median(counts)) if counts else 0.0


def revision(agreement: Agreement) -> Iterator[Cause]:
    """One name with another revision, where the vectors are the same all the same."""
    a, b = agreement.a.side, agreement.b.side
    if a.identity == b.identity and a.revision != b.revision and not agreement.differing:
        yield Cause(
            "revision",
            BOTH,
            "the revision differs, although the vectors agree",
            evidence=f"A {a.revision}, B {b.revision}",
            advice="save the vectors again once the new revision is the one that you want",
            decisive=False,
        )
