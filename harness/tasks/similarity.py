"""Similarity: does the cosine of two sentences follow graded human judgement?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from harness.metrics.correlation import Graded
from harness.model import Column, Finding, Floats, Table, TableShape, Texts, Vectors
from harness.search import COSINE
from harness.tasks.lines import lines
from harness.tasks.sentences import PAIR, sentence_groups, sentence_ids, sentence_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.errors import Faults
    from harness.model import Similarity as Nearness


@dataclass(frozen=True)
class Similarity:
    """Pairs of sentences with a graded score (STS). Pairs that share their first sentence are one group."""

    ids: Sequence[str]
    groups: Sequence[str]
    first: Sequence[str]
    second: Sequence[str]
    gold: Floats

    kind: ClassVar[str] = "similarity"
    version: ClassVar[int] = 1
    tables: ClassVar[Mapping[str, TableShape]] = {"pairs": TableShape({**PAIR, "score": Column("number")})}
    parameters: ClassVar[Mapping[str, Any]] = {}
    yields: ClassVar[tuple[type[Any], ...]] = (Graded,)

    @classmethod
    def read(cls, tables: Mapping[str, Table], parameters: Mapping[str, Any], depth: int, faults: Faults) -> Self:
        """See `Task.read`."""
        del parameters, depth
        pairs = tables["pairs"]
        scores = np.array(pairs.columns["score"], dtype=np.float64)
        if len(scores) and np.ptp(scores) == 0.0:
            faults.add(pairs.file, 0, "score", "all scores are equal: a correlation needs scores that differ")
        first, second = pairs.columns["sentence1"], pairs.columns["sentence2"]
        return cls(sentence_ids(pairs), sentence_groups(pairs, first), first, second, scores)

    def texts(self) -> Mapping[str, Texts]:
        """Both sentences of each pair."""
        return sentence_texts({"sentence1": self.first, "sentence2": self.second})

    def judge(self, vectors: Mapping[str, Vectors], similarity: Nearness = COSINE) -> tuple[Graded]:
        """The cosine of each pair beside its score."""
        predicted = similarity.pairs(vectors["sentence1"], vectors["sentence2"])
        return (Graded(ids=self.ids, groups=self.groups, gold=self.gold, predicted=predicted),)

    def findings(self, judged: Mapping[type[Any], Any], random: np.random.Generator) -> tuple[Finding, ...]:
        """None."""
        del judged, random
        return ()

    def item_lines(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Both sentences."""
        return lines(ids, self.ids, self.first, self.second)

    def answer_lines(self, answers: Iterable[str]) -> Mapping[str, str]:
        """None: nothing is put first."""
        del answers
        return {}
