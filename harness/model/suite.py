"""What an embedder is judged on: tasks and suites."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np

    from harness.errors import Faults
    from harness.model.arrays import Index, Vectors
    from harness.model.candidates import Embedder, Ranker, Ranking, Reranker, Similarity
    from harness.model.metric import Judgements, Metric
    from harness.model.results import Finding
    from harness.model.tables import Table, TableShape, Texts


class Task(Protocol):
    """A class per kind, an instance per suite. Data in, no loading, no hidden state, no random numbers.

    yields: the types of judgements that `judge` returns, one of each; a metric reads one of them.
    parameters: what a suite may set for this kind, with the defaults. version: raised when judging changes.
    """

    kind: ClassVar[str]
    version: ClassVar[int]
    tables: ClassVar[Mapping[str, TableShape]]
    parameters: ClassVar[Mapping[str, Any]]
    yields: ClassVar[tuple[type[Any], ...]]

    @classmethod
    def read(cls, tables: Mapping[str, Table], parameters: Mapping[str, Any], depth: int, faults: Faults) -> Self:
        """Build the task from tables whose columns are already checked one by one.

        depth: the largest cutoff among the suite's metrics. What columns cannot show (a reference to an absent
        row) goes to `faults`.
        """
        ...

    def texts(self) -> Mapping[str, Texts]:
        """What to embed, by a name that `judge` finds the vectors under."""
        ...

    def judge(self, vectors: Mapping[str, Vectors], similarity: Similarity) -> tuple[Judgements, ...]:
        """Conclusions from the vectors of `texts()`, one object of each type in `yields`."""
        ...

    def findings(self, judged: Mapping[type[Any], Any], random: np.random.Generator) -> tuple[Finding, ...]:
        """What else is to be known about this judging: left-out rows, the p of a permutation test.

        judged: what `judge` returned, by type.
        """
        ...


@runtime_checkable
class RankingTask(Protocol):
    """A task that a Ranker can take too: it judges rankings of its documents."""

    depth: int

    def texts(self) -> Mapping[str, Texts]:
        """What to rank, under `queries` and `documents`."""
        ...

    def judge_ranking(self, ranking: Ranking) -> tuple[Judgements, ...]:
        """Conclusions from the best `depth` documents of each query."""
        ...


@runtime_checkable
class RerankingTask(Protocol):
    """A task that a Reranker can take too: it judges in which order the candidates of each query are put."""

    candidates: Sequence[Index]

    def texts(self) -> Mapping[str, Texts]:
        """What to rank, under `queries` and `documents`."""
        ...

    def judge_ranking(self, ranking: Ranking) -> tuple[Judgements, ...]:
        """Conclusions from the candidates of each query, best first."""
        ...


@runtime_checkable
class Answering(Protocol):
    """A task in which something is put first for an item: a document, a word, a class."""

    def answers(self, judged: Mapping[type[Any], Any]) -> Mapping[str, str]:
        """Item id → the id, word or class that was put first; without items for which nothing was.

        judged: what `judge` returned, by type.
        """
        ...


@runtime_checkable
class Legible(Protocol):
    """A task whose items, and what may be put first for them, can be shown: a line of text each, whole."""

    def item_lines(self, ids: Iterable[str]) -> Mapping[str, str]:
        """The lines of those items that are known."""
        ...

    def answer_lines(self, answers: Iterable[str]) -> Mapping[str, str]:
        """The lines of those answers that are known."""
        ...


@dataclass(frozen=True)
class Suite:
    """Data plus a kind. fingerprint: a digest of the tables as read, the kind, its version and its parameters.

    notes: what a reader of its scores has to know about its data.
    """

    name: str
    title: str
    licence: str
    task: Task
    metrics: tuple[Metric[Any], ...]
    fingerprint: str
    folder: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Retrieval, similarity, …: the class of the task, by name."""
        return self.task.kind

    @property
    def size(self) -> int:
        """How many texts it embeds, repeated ones included."""
        return sum(len(asked.texts) for asked in self.task.texts().values())

    @property
    def headline(self) -> Metric[Any]:
        """The metric that stands for the suite in a table: the first."""
        return self.metrics[0]


class Judge(Protocol):
    """Other software that judges: it is given the embedder, and reports numbers without items."""

    @property
    def name(self) -> str:
        """With its version, as people write it."""
        ...

    def report(self, embedder: Embedder | Ranker | Reranker) -> Mapping[str, float] | str:
        """Name → number, finite, the headline first; or why it cannot judge this one. Raises EmbedderError."""
        ...


@dataclass(frozen=True)
class ForeignSuite:
    """Data of a kind that other software judges; which texts it asks for, only that software knows.

    fingerprint: a digest of the data and of the judge. headline: the name of the number that counts. metrics: what is
    computed here, nothing. size: how many texts are known beforehand, none.
    """

    metrics: ClassVar[tuple[Metric[Any], ...]] = ()
    size: ClassVar[int] = 0
    name: str
    title: str
    licence: str
    kind: str
    judge: Judge
    headline: str
    fingerprint: str
    folder: str
    notes: tuple[str, ...] = ()


AnySuite: TypeAlias = "Suite | ForeignSuite"
"""What an embedder can be put through, whoever judges it."""
