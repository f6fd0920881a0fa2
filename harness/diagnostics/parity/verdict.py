"""Two observations, and what was asked because of them → the same model or not, and why."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from harness.diagnostics.parity.cause import ORDER, Cause, Name, covered
from harness.diagnostics.parity.causes import length, numbers, roles, rows, wording
from harness.diagnostics.parity.causes.residue import residue
from harness.diagnostics.parity.changes import PROMPT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.diagnostics.parity.agreement import Agreement, Label, Place
    from harness.diagnostics.parity.changes import Explained, Reopened
    from harness.diagnostics.parity.long_texts import Reading

Word: TypeAlias = Literal["same", "same under cosine", "different"]

_LENGTHS: frozenset[Name] = frozenset({"truncation", "refused length"})
"""Causes that say what becomes of long texts."""


@dataclass(frozen=True)
class Evidence:
    """What asking for more has shown. explained: by the side that was asked for changed texts: A or B."""

    explained: Sequence[tuple[Label, Explained]] = ()
    reopened: Sequence[Reopened] = ()
    reading: Mapping[str, Reading] = field(default_factory=dict)


@dataclass(frozen=True)
class Parity:
    """The verdict, and all causes, what decides first."""

    word: Word
    causes: tuple[Cause, ...]

    @property
    def aside(self) -> frozenset[Place]:
        """The probes that differ, but keep nobody apart."""
        return covered(cause for cause in self.causes if not cause.decisive)

    @property
    def same(self) -> bool:
        """Whether either side can stand in for the other."""
        return self.word != "different"


def judge(agreement: Agreement, evidence: Evidence, similarity: str = "cosine") -> Parity:
    """Whether two sides are the same model, and what keeps them apart."""
    causes = list(_causes(agreement, evidence, similarity))
    of_lengths = covered(cause for cause in causes if cause.name in _LENGTHS)
    causes += rows.without_vectors(agreement, of_lengths)
    causes += rows.empty_texts(agreement, covered(causes))
    causes += length.unmeasured(agreement, unaccounted(agreement, causes))
    left = unaccounted(agreement, causes)
    rest = residue(agreement, left)
    unrelated = rest is not None and rest.name == "another model"
    dimensions = () if unrelated else numbers.dimension(agreement, covered(causes) | left)
    found = [
        *causes,
        *dimensions,
        *([rest] if rest else []),
        *wording.shared_vectors(agreement),
        *numbers.revision(agreement),
    ]
    found.sort(key=lambda cause: (not cause.decisive, ORDER.index(cause.name)))
    parity = Parity("same" if agreement.same_norms else "same under cosine", tuple(found))
    if agreement.differing - parity.aside or any(cause.decisive for cause in found):
        return replace(parity, word="different")
    return parity


def unaccounted(agreement: Agreement, causes: Sequence[Cause]) -> frozenset[Place]:
    """The probes that differ and that no cause covers."""
    return agreement.differing - covered(causes)


def _causes(agreement: Agreement, evidence: Evidence, similarity: str) -> Iterator[Cause]:
    told = list(wording.of_changes(evidence.explained))
    prompted = covered(cause for cause in told if cause.name == PROMPT)
    moved = list(rows.row_order(agreement))
    yield from moved
    yield from told
    yield from wording.of_options(agreement, evidence.reopened)
    yield from (cause for cause in roles.roles(agreement) if not cause.covers <= prompted)
    yield from numbers.basis(agreement)
    yield from (cause for cause in wording.invariants(agreement) if not cause.covers <= covered(told))
    yield from length.reading(agreement, evidence.reading)
    # Rows in another order stand elsewhere in another batch: that is no cause of its own.
    yield from (cause for cause in numbers.unsteady(agreement) if not (moved and cause.name == "batch"))
    yield from numbers.norms(agreement, similarity)
    yield from numbers.grid(agreement)
