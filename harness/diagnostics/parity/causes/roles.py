"""Causes in roles: queries and documents exchanged, or treated alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.diagnostics.parity.agreement import OTHER, ROLES, everything, ordinary
from harness.diagnostics.parity.cause import BOTH, Cause, number
from harness.diagnostics.parity.observation import alike
from harness.diagnostics.parity.probes import ORDINARY, names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.diagnostics.parity.agreement import Agreement
    from harness.diagnostics.parity.observation import Observation, Way


def roles(agreement: Agreement) -> Iterator[Cause]:
    """A side that answers one role as the other side answers the other one."""
    crossed = [
        (label, way)
        for label, side, other in agreement.sides()
        for way in ROLES
        if _crossed(agreement, (side, other), way)
    ]
    least = number(agreement.min_cosine)
    if len({way for label, way in crossed if label == "B"}) == len(ROLES):
        yield Cause(
            "roles",
            BOTH,
            "the roles are swapped: B embeds queries as A embeds documents, and documents as A embeds queries",
            evidence=f"cosine {number(agreement.least(ordinary()))} by role, {least} or more crosswise",
            advice="give queries to the query end of both sides",
            covers=everything(*ROLES),
        )
        return
    for label, way in crossed:
        away, role = OTHER[label], ROLES[1 - ROLES.index(way)]
        yield Cause(
            "roles",
            label,
            f"{label} embeds a {way} as {away} embeds a {role}: {_ignores(agreement)}",
            evidence=f"cosine {number(agreement.least(ordinary([way])))} in the {way} role, "
            f"{least} or more with {away}'s {role} role",
            advice="apply the model's prompt for each role on both sides",
            covers=everything(way),
        )


def _crossed(agreement: Agreement, sides: tuple[Observation, Observation], way: Way) -> bool:
    """Whether one side answers this role as the other answers the other role, and not as it answers this one."""
    one, other = sides
    own = names(*ORDINARY)
    crosswise = alike(one.probes(way, own), other.probes(ROLES[1 - ROLES.index(way)], own)).min()
    return bool(crosswise >= agreement.min_cosine > agreement.least(ordinary([way])))


def _ignores(agreement: Agreement) -> str:
    own = names(*ORDINARY)
    same = [
        label
        for label, side, _ in agreement.sides()
        if alike(side.probes("query", own), side.probes("document", own)).min() >= agreement.min_cosine
    ]
    return f"{same[0]} makes no difference between the roles" if same else "their prompts are not the same"
