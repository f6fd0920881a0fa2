"""Two sides → whether they are the same model, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.diagnostics.parity.agreement import MIN_COSINE, Agreement
from harness.diagnostics.parity.changes import trials
from harness.diagnostics.parity.reach import LONGEST
from harness.diagnostics.parity.verdict import Evidence, Parity, judge
from harness.search import COSINE, usage_of
from harness.store.canaries import check_place, read_canary, write_canary
from harness.workflows.parity.evidence import knowing_changes, more_evidence
from harness.workflows.parity.live import Asked, Live, opened
from harness.workflows.parity.observe import PATIENCE, observe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.diagnostics.parity.agreement import Label
    from harness.embedders.resolve import Keep
    from harness.model import Embedder


def uncached(embedder: Embedder) -> Embedder:
    """What is put around an embedder that calls a model: nothing."""
    return embedder


@dataclass(frozen=True)
class Request:
    """What to compare, as specs. b: a spec, or the file that stored vectors are in.

    similarity: what vectors are used with; where it is empty, what the specs say. longest: words or characters of the
    longest texts that are tried. keep: put around every embedder that calls a model. patience: seconds after which
    no texts are tried that are longer than the probes.
    """

    a: str
    b: str | Path
    min_cosine: float = MIN_COSINE
    similarity: str = ""
    longest: int = LONGEST
    keep: Keep = uncached
    patience: float = PATIENCE


@dataclass(frozen=True)
class Compared:
    """The verdict, and all that it rests on: the sides under A and B, and what vectors are used with."""

    sides: Mapping[Label, Asked]
    agreement: Agreement
    parity: Parity
    similarity: str


def compare(request: Request) -> Compared:
    """Ask both sides, and for more where they differ and nothing accounts for it.

    Raises UsageError for a side without vectors or a file that holds none, EmbedderError for a side that fails.
    """
    # All opened and read before anything is asked: a fault costs no request.
    live = opened(request.a, request.keep)
    if isinstance(request.b, Path):
        stored = read_canary(request.b)
        return compare_sides(ask_side(live, request), Asked(request.b.name, stored.observation, stored=stored), request)
    other = opened(request.b, request.keep)
    return compare_sides(ask_side(live, request), ask_side(other, request), request)


def ask_side(live: Live, request: Request) -> Asked:
    """A side after it was asked what every side is. Raises EmbedderError."""
    return Asked(live.name, observe(live, request.longest, request.patience), live)


def compare_sides(a: Asked, b: Asked, request: Request) -> Compared:
    """Two sides that were asked already; they are asked for more where they differ. Raises EmbedderError."""
    sides: dict[Label, Asked] = {"A": a, "B": b}
    agreement = Agreement(a.observation, b.observation, request.min_cosine)
    similarity = request.similarity or _similarity(sides.values())
    parity = judge(agreement, Evidence(), similarity)
    if not parity.same:
        parity = judge(agreement, more_evidence(sides, agreement, parity.causes, request.keep), similarity)
    return Compared(sides, agreement, parity, similarity)


def save(spec: str, file: Path, longest: int = LONGEST, keep: Keep = uncached, patience: float = PATIENCE) -> Asked:
    """Store what a side answers, to the changed texts too that could explain a difference one day.

    Raises UsageError when the file is there already, EmbedderError for a side that fails, StoreError when the file
    cannot be written.
    """
    check_place(file)
    live = opened(spec, keep)
    observation = knowing_changes(observe(live, longest, patience), live, list(trials()))
    write_canary(file, observation)
    return Asked(spec, observation, live)


def _similarity(sides: Iterable[Asked]) -> str:
    """What the specs ask for; cosine where they ask for nothing."""
    named = [usage_of(side.live.embedder).similarity.name for side in sides if side.live]
    return next((name for name in named if name != COSINE.name), COSINE.name)
