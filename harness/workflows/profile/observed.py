"""What the process that runs an embedder reports: numbers as they were read, no conclusions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias

from harness.diagnostics.cost import Rate, TokenCount
from harness.embedders.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Mapping


Kind: TypeAlias = Literal["embedder", "ranker", "reranker"]
"""What is measured: vectors, the ranking of documents, the order of given candidates."""

CANDIDATES = 100
"""Documents that a ranker indexes, and that a reranker puts in order for a query."""

MORE_QUERIES = 20
"""Queries that a ranker is asked at once, beyond the one: what they take more is theirs."""


@dataclass(frozen=True)
class Start:
    """Seconds of a cold start: until the process runs, the embedder is opened, and its first answer is there."""

    process: float
    opening: float
    first: float

    @property
    def total(self) -> float:
        """From the start of the process to the first answer."""
        return self.process + self.opening + self.first


@dataclass(frozen=True)
class Memory:
    """Peak bytes of the process: before the embedder was opened, with the first answer, and in all; None: not known.

    started: how many processes it has started, whose peaks are in the last one. gpu: of the process itself.
    """

    idle: int | None
    first: int | None
    peak: int | None
    gpu: int | None
    started: int = 0


NO_TOKENS = TokenCount(0.0, own=False)
"""Of who is not measured in tokens."""


@dataclass(frozen=True)
class Timings:
    """Seconds of calls. dimension: 0 without vectors. latencies: with one query each.

    rates: by texts per call; skipped: batch → why it was not measured. indexing: of a ranker, of calls that index
    CANDIDATES documents for one query; its latencies are of a query more.
    """

    kind: Kind
    dimension: int = 0
    latencies: tuple[float, ...] = ()
    indexing: tuple[float, ...] = ()
    rates: tuple[Rate, ...] = ()
    skipped: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> Self:
        """What `asdict` gave, by way of JSON."""
        rates = tuple(Rate(rate["batch"], rate["texts"], tuple(rate["seconds"])) for rate in fields["rates"])
        return cls(
            kind=fields["kind"],
            dimension=fields["dimension"],
            latencies=tuple(fields["latencies"]),
            indexing=tuple(fields["indexing"]),
            rates=rates,
            skipped={int(batch): why for batch, why in fields["skipped"].items()},
        )


@dataclass(frozen=True)
class Observed:
    """One embedder. tokens: of its documents. packages: distributions that it loaded. threads: that it may use."""

    start: Start
    memory: Memory
    timings: Timings
    tokens: TokenCount
    facts: Facts
    packages: tuple[str, ...]
    threads: int

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> Self:
        """What `asdict` gave, by way of JSON."""
        return cls(
            start=Start(**fields["start"]),
            memory=Memory(**fields["memory"]),
            timings=Timings.read(fields["timings"]),
            tokens=TokenCount(**fields["tokens"]),
            facts=Facts(**fields["facts"]),
            packages=tuple(fields["packages"]),
            threads=fields["threads"],
        )
