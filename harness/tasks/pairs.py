"""Pairs: is there a threshold of the cosine that tells matching pairs from the others?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from harness.metrics.separation import Separated, best_f1_threshold
from harness.model import Column, Finding, Table, TableShape, Texts, Vectors
from harness.search import COSINE
from harness.tasks.lines import lines
from harness.tasks.sentences import PAIR, sentence_groups, sentence_ids, sentence_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from harness.errors import Faults
    from harness.model import Similarity

MATCH = ("1", "true")
NO_MATCH = ("0", "false")


@dataclass(frozen=True)
class Pairs:
    """Pairs of sentences that match or do not. Pairs that share their first sentence are one group."""

    ids: Sequence[str]
    groups: Sequence[str]
    first: Sequence[str]
    second: Sequence[str]
    label: NDArray[np.bool_]

    kind: ClassVar[str] = "pairs"
    version: ClassVar[int] = 1
    tables: ClassVar[Mapping[str, TableShape]] = {
        "pairs": TableShape({**PAIR, "label": Column("label", choices=(*NO_MATCH, *MATCH))})
    }
    parameters: ClassVar[Mapping[str, Any]] = {}
    yields: ClassVar[tuple[type[Any], ...]] = (Separated,)

    @classmethod
    def read(cls, tables: Mapping[str, Table], parameters: Mapping[str, Any], depth: int, faults: Faults) -> Self:
        """See `Task.read`."""
        del parameters, depth
        pairs = tables["pairs"]
        label = np.isin(np.array(pairs.columns["label"], dtype=object), MATCH)
        if len(label) and (label.all() or not label.any()):
            faults.add(pairs.file, 0, "label", "one label only: both matching and other pairs are needed")
        first, second = pairs.columns["sentence1"], pairs.columns["sentence2"]
        return cls(sentence_ids(pairs), sentence_groups(pairs, first), first, second, label)

    def texts(self) -> Mapping[str, Texts]:
        """Both sentences of each pair."""
        return sentence_texts({"sentence1": self.first, "sentence2": self.second})

    def judge(self, vectors: Mapping[str, Vectors], similarity: Similarity = COSINE) -> tuple[Separated]:
        """The cosine of each pair beside its label."""
        score = similarity.pairs(vectors["sentence1"], vectors["sentence2"])
        return (Separated(ids=self.ids, groups=self.groups, label=self.label, score=score),)

    def findings(self, judged: Mapping[type[Any], Any], random: np.random.Generator) -> tuple[Finding, ...]:
        """The threshold of the best F1: chosen on these very pairs, so optimistic for others."""
        del random
        threshold = best_f1_threshold(judged[Separated])
        return (Finding("best_f1_threshold", threshold, "cosine; chosen on these pairs, optimistic for others"),)

    def item_lines(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Both sentences."""
        return lines(ids, self.ids, self.first, self.second)

    def answer_lines(self, answers: Iterable[str]) -> Mapping[str, str]:
        """None: nothing is put first."""
        del answers
        return {}
