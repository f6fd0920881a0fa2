"""For people who write embedders and suites: a fake to test with, and the checks that the harness relies on.

from harness.testing import check_embedder
assert all(check.passed for check in check_embedder(MyEmbedder(spec)))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.catalogue import Place, load_suite
from harness.diagnostics.determinism import PROBES, UNSTEADY, largest_distance
from harness.embedders.checked_rankers import CheckedRanker, CheckedReranker
from harness.embedders.contract import Checked, identified
from harness.errors import EmbedderError
from harness.evaluate import evaluate
from harness.model import Embedder, Identity, Ranker, Ranking, Reranker, Role, Suite, Vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

__all__ = ["Check", "FakeEmbedder", "check_embedder", "check_suite"]


LONG = "long " * 600
"""More than most models read."""


class FakeEmbedder:
    """Embeds a text as the lengths of its first eight words: `hello you` is 5, 3, 0, 0, 0, 0, 0, 0."""

    identity = Identity("fake", "word-lengths", "1", symmetric=True)

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """n × 8."""
        del role
        lengths = [[len(word) for word in text.split()[:8]] for text in texts]
        return np.array([row + [0] * (8 - len(row)) for row in lengths], dtype=np.float32).reshape(-1, 8)


@dataclass(frozen=True)
class Check:
    """One clause of the contract, whether it is kept, and what was seen."""

    name: str
    passed: bool
    note: str = ""


def check_embedder(embedder: Embedder | Ranker | Reranker) -> tuple[Check, ...]:
    """Every clause of the contract. An embedder that raises stops at the clause that it raised in."""
    checks: list[Check] = []
    for name, clause in _clauses(embedder):
        try:
            note = clause()
        except EmbedderError as error:
            return (*checks, Check(name, passed=False, note=str(error)))
        checks.append(Check(name, passed=not note, note=note))
    return tuple(checks)


def check_suite(folder: Path) -> Suite:
    """Read a suite and put the fake through it. Raises SuiteError with every fault."""
    suite = load_suite(Place(folder.name, folder))
    evaluate(suite, FakeEmbedder())
    return suite


def _clauses(embedder: Embedder | Ranker | Reranker) -> Iterator[tuple[str, Callable[[], str]]]:
    """The clauses in the order in which they build on each other; each returns what is wrong, or nothing."""
    yield "identity is the same each time it is asked for", lambda: _identity(embedder)
    # Not before: to see whether it is a ranker, Python 3.11 asks for its identity, which may raise.
    if isinstance(embedder, Ranker):
        yield from _ranker_clauses(embedder)
    if isinstance(embedder, Reranker):
        yield from _reranker_clauses(embedder)
    if not isinstance(embedder, Ranker | Reranker):
        yield from _embedder_clauses(embedder)


def _embedder_clauses(embedder: Embedder) -> Iterator[tuple[str, Callable[[], str]]]:
    checked = Checked(embedder)

    def embed(texts: Sequence[str], role: Role = "document") -> Vectors:
        return checked.embed(texts, role)

    def apart(one: Vectors, other: Vectors) -> str:
        if (one.any(axis=1) != other.any(axis=1)).any():
            return "a vector is zero in one of them only"
        distance = largest_distance(one, other)
        return "" if distance <= UNSTEADY else f"largest cosine distance {distance:.2g}"

    yield "one finite row of one length per text", lambda: _nothing(embed((*PROBES, LONG)))
    yield "no texts give no rows", lambda: _nothing(embed([]))
    for role in ("query", "document", "either"):
        yield f"role {role} is taken", lambda role=role: _nothing(embed(PROBES[:2], role))  # type: ignore[misc]  # mypy does not infer defaults of a lambda
    yield "the same texts give the same vectors", lambda: apart(embed(PROBES), embed(PROBES))
    yield "another order gives the same vectors", lambda: apart(embed(PROBES), embed(PROBES[::-1])[::-1])
    yield (
        "a text alone gives the vector that it has in a batch",
        lambda: apart(embed(PROBES), np.concatenate([embed([text]) for text in PROBES])),
    )


def _ranker_clauses(ranker: Ranker) -> Iterator[tuple[str, Callable[[], str]]]:
    checked = CheckedRanker(ranker)
    yield "ranks documents, best first", lambda: _nothing(checked.rank(PROBES[:3], PROBES, 3))
    yield "takes more places than there are documents", lambda: _nothing(checked.rank(PROBES, PROBES, len(PROBES) + 5))
    yield "the same texts give the same ranking", lambda: _rankings(*(checked.rank(PROBES, PROBES, 3) for _ in "ab"))


def _reranker_clauses(reranker: Reranker) -> Iterator[tuple[str, Callable[[], str]]]:
    checked = CheckedReranker(reranker)
    given = [np.arange(len(PROBES)), np.array([0, 2, 5]), np.array([], np.intp)]

    def rerank() -> Ranking:
        return checked.rerank(PROBES[:3], PROBES, given)

    yield "puts the candidates of each query in order", lambda: _nothing(rerank())
    yield "the same candidates get the same order", lambda: _rankings(rerank(), rerank())


def _identity(embedder: Embedder | Ranker | Reranker) -> str:
    one, other = identified(embedder), identified(embedder)
    return "" if one.key == other.key else "two different keys"


def _rankings(one: Ranking, other: Ranking) -> str:
    return "" if np.array_equal(one.indices, other.indices) else "another order of documents"


def _nothing(_: object) -> str:
    return ""
