"""Causes in rows: missing ones, those of nothing, those that stand elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.diagnostics.parity.agreement import ROLES, asked_for, everything, ordinary
from harness.diagnostics.parity.cause import BOTH, Cause, listed, number
from harness.diagnostics.parity.observation import directions
from harness.diagnostics.parity.probes import SHORT, TEXTS, names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from harness.diagnostics.parity.agreement import Agreement, Label, Place
    from harness.diagnostics.parity.observation import Observation, Way
    from harness.model import Index


NOT_A_NUMBER = "NaN or infinity"
"""What an embedder's contract calls numbers that are not finite."""


def without_vectors(agreement: Agreement, known: Collection[Place]) -> Iterator[Cause]:
    """Texts that one side has a vector of, and the other has not. known: places with a cause already."""
    for label, one, other in agreement.sides():
        missing = {
            (way, name): reason
            for way in ROLES
            for name, reason, there in zip(
                asked_for(way),
                one.probes(way, asked_for(way)).reasons,
                other.probes(way, asked_for(way)).there,
                strict=True,
            )
            if reason and there and not _is_excused((way, name), reason, known)
        }
        if missing:
            yield _without(label, missing)


def _without(label: Label, missing: dict[Place, str]) -> Cause:
    reason = next(iter(missing.values()))
    finite = NOT_A_NUMBER not in reason
    every = len(missing) == sum(len(asked_for(way)) for way in ROLES)
    which = "any text" if every else f"some texts: {listed(list(dict.fromkeys(name for _, name in missing)))}"
    return Cause(
        name="no vector" if finite else "not finite",
        about=label,
        text=f"{label} gives {'no vector' if finite else 'NaN'} for {which}",
        evidence=reason,
        advice="whatever reads these vectors fails or, worse, does not: leave such texts out, or mend that side"
        if finite
        else "try that side without its acceleration (half precision, a GPU kernel, a compiled graph) first",
        covers=frozenset(missing),
    )


def empty_texts(agreement: Agreement, known: Collection[Place]) -> Iterator[Cause]:
    """Empty texts and blanks that one side refuses, or that have two vectors. known: places with a cause already.

    Nobody searches for nothing: worth knowing, but no other model.
    """
    places = {place for place in agreement.differing.difference(known) if place[1] in names("empty")}
    if agreement.least(ordinary()) < agreement.min_cosine:
        places = {place for place in places if not _on_both(agreement, place)}
    if not places:
        return
    how = [f"{label} {_of_nothing(side, places)}" for label, side, _ in agreement.sides()]
    both = {place for place in places if _on_both(agreement, place)}
    which = listed(list(dict.fromkeys(name for _, name in sorted(places))))
    yield Cause(
        name="empty texts",
        about=BOTH,
        text=f"empty texts are handled differently: {', '.join(how)}",
        evidence=f"cosine {number(agreement.least(both))} for {which}" if both else _refusal(agreement, places),
        advice="leave empty texts out before they are embedded",
        decisive=False,
        covers=frozenset(places),
    )


def _is_excused(place: Place, reason: str, known: Collection[Place]) -> bool:
    """Whether an empty or too long text was refused; one whose vector is not finite spoils whatever reads that."""
    return NOT_A_NUMBER not in reason and (place[1] in names("empty") or place in known)


def _of_nothing(side: Observation, places: Collection[Place]) -> str:
    refused = [name for way, name in sorted(places) if not side.probes(way, [name]).there.all()]
    if refused:
        return f"refuses {listed(list(dict.fromkeys(refused)))}"
    rows = side.probes("document", names("empty")).rows
    if not rows.any():
        return "gives zeros"
    alone = side.probes("document", ["empty"]).rows
    if not alone.any():
        return "gives a zero vector for an empty text"
    return f"gives a vector of length {np.linalg.norm(alone):.3g}"


def _refusal(agreement: Agreement, places: Collection[Place]) -> str:
    """What the side that refuses says of one of them."""
    reasons = (side.probes(way, [name]).reasons[0] for _, side, _ in agreement.sides() for way, name in sorted(places))
    return next(reason for reason in reasons if reason)


def row_order(agreement: Agreement) -> Iterator[Cause]:
    """Vectors that belong to another text of the same request."""
    found = {way: moved for way in ROLES if (moved := _moved(agreement, way))}
    if found:
        patterns = ", ".join(dict.fromkeys(pattern for _, pattern in found.values()))
        yield Cause(
            name="row order",
            about=BOTH,
            text=f"the rows stand in another order: {patterns}",
            evidence="; ".join(
                f"{count} of {len(SHORT)} vectors of B are A's of another text ({way} role)"
                for way, (count, _) in found.items()
            ),
            advice="put the rows in the order of the service's `index`, and never merge batches as they end",
            covers=everything(*found),
        )


def _moved(agreement: Agreement, way: Way) -> tuple[int, str] | None:
    """How many rows of B are another row of A, and where they went; None where rows are where they belong."""
    a, b = (side.probes(way, SHORT) for side in (agreement.a, agreement.b))
    width = min(a.rows.shape[1], b.rows.shape[1])
    units = [directions(side.rows[:, :width]) for side in (a, b)]
    nearest = units[1] @ units[0].T
    own = nearest.diagonal()
    best = nearest.argmax(axis=1)
    known = nearest.max(axis=1) >= agreement.min_cosine
    moved = known & (own < agreement.min_cosine)
    if known.mean() < 0.9 or moved.mean() < 0.2:  # noqa: PLR2004 # a few may be twins, most must have moved
        return None
    return int(moved.sum()), _pattern(np.flatnonzero(moved), best[moved])


def _pattern(places: Index, came_from: Index) -> str:
    count = len(SHORT)
    shifts, how_often = np.unique((places - came_from) % count, return_counts=True)
    if how_often.max() >= 0.8 * len(places):  # twins may be taken for one another
        by = int(shifts[how_often.argmax()])
        return f"shifted by {by if by <= count // 2 else by - count}"
    if (came_from == count - 1 - places).mean() >= 0.8:  # noqa: PLR2004 # the same
        return "reversed"
    sizes = np.array([len(TEXTS[name]) for name in SHORT])
    order = sizes[came_from]
    if (np.diff(order) >= 0).all() or (np.diff(order) <= 0).all():
        return "sorted by the length of the texts"
    return "no simple pattern"


def _on_both(agreement: Agreement, place: Place) -> bool:
    way, name = place
    return all(side.probes(way, [name]).there.all() for side in (agreement.a, agreement.b))
