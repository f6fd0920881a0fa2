"""Bitext: does a sentence find its translation among those of all others?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from harness.metrics.matched import Matched
from harness.model import Finding, Ranking, Table, TableShape, Texts, Vectors
from harness.search import COSINE
from harness.tasks.lines import lines
from harness.tasks.sentences import PAIR, sentence_groups, sentence_ids, sentence_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from harness.errors import Faults
    from harness.model import Index, Similarity


@dataclass(frozen=True)
class Bitext:
    """Pairs of sentences in two languages, each the translation of the other.

    Every sentence looks for its translation among all distinct sentences of the other side. Where a sentence has
    several translations, each of them is right. A tie with a wrong sentence is lost.
    """

    ids: Sequence[str]
    groups: Sequence[str]
    first: Sequence[str]
    second: Sequence[str]
    place: tuple[Index, Index]

    kind: ClassVar[str] = "bitext"
    version: ClassVar[int] = 1
    tables: ClassVar[Mapping[str, TableShape]] = {"pairs": TableShape(PAIR)}
    parameters: ClassVar[Mapping[str, Any]] = {}
    yields: ClassVar[tuple[type[Any], ...]] = (Matched,)

    @classmethod
    def read(cls, tables: Mapping[str, Table], parameters: Mapping[str, Any], depth: int, faults: Faults) -> Self:
        """See `Task.read`. Fault: a pair given twice."""
        del parameters, depth
        pairs = tables["pairs"]
        first, second = pairs.columns["sentence1"], pairs.columns["sentence2"]
        seen: dict[tuple[str, str], int] = {}
        for pair, line in zip(zip(first, second, strict=True), pairs.lines, strict=True):
            if seen.setdefault(pair, line) != line:
                faults.add(pairs.file, line, "", f"pair given twice: it stands in line {seen[pair]} already")
        one, one_place = _distinct(first)
        other, other_place = _distinct(second)
        return cls(sentence_ids(pairs), sentence_groups(pairs, first), one, other, (one_place, other_place))

    def texts(self) -> Mapping[str, Texts]:
        """The distinct sentences of both sides."""
        return sentence_texts({"sentence1": self.first, "sentence2": self.second})

    def judge(self, vectors: Mapping[str, Vectors], similarity: Similarity = COSINE) -> tuple[Matched]:
        """The nearest sentence of the other side, in both directions."""
        one, other = vectors["sentence1"], vectors["sentence2"]
        first, second = self.place
        there = _matched(lambda k: similarity.search(one, other, k), first, second, len(self.second))
        back = _matched(lambda k: similarity.search(other, one, k), second, first, len(self.first))
        return (Matched(self.ids, self.groups, *there, *back),)

    def findings(self, judged: Mapping[type[Any], Any], random: np.random.Generator) -> tuple[Finding, ...]:
        """None."""
        del judged, random
        return ()

    def answers(self, judged: Mapping[type[Any], Any]) -> Mapping[str, str]:
        """What is found for the first sentence: the id of the first pair that it stands in."""
        matched: Matched = judged[Matched]
        pairs = self._pairs
        return {name: pairs[place] for name, place in zip(matched.ids, matched.predicted.tolist(), strict=True)}

    def item_lines(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Both sentences."""
        columns = zip((self.first, self.second), self.place, strict=True)
        return lines(ids, self.ids, *([texts[at] for at in place.tolist()] for texts, place in columns))

    def answer_lines(self, answers: Iterable[str]) -> Mapping[str, str]:
        """The second sentences."""
        return lines(answers, self._pairs, self.second)

    @cached_property
    def _pairs(self) -> Sequence[str]:
        """Per distinct second sentence the id of the first pair that it stands in."""
        rows = np.unique(self.place[1], return_index=True)[1]
        return [self.ids[row] for row in rows.tolist()]


def _distinct(texts: Sequence[str]) -> tuple[list[str], Index]:
    """The distinct texts in order, and where each text is among them."""
    place: dict[str, int] = {}
    positions = np.array([place.setdefault(text, len(place)) for text in texts], np.intp)
    return list(place), positions


def _matched(
    search: Callable[[int], Ranking], asked: Index, wanted: Index, candidates: int
) -> tuple[Index, Index, Index, Index]:
    """Gold, predicted, the number of candidates and how many of them are right, of each pair.

    search: the nearest k candidates of each distinct sentence. asked, wanted: the distinct sentence that each pair asks
    with and the one that is right.
    """
    right = np.bincount(asked)
    # As many as can be right may tie at the top: one more than that holds a wrong one, if any is among the tied.
    best = search(1 + int(right.max(initial=0)))
    pairs = asked * candidates + wanted
    found = np.arange(len(best.indices))[:, None] * candidates + best.indices
    wrong = (best.scores == best.scores[:, :1]) & ~np.isin(found, pairs)
    nearest = best.indices[np.arange(len(wrong)), wrong.argmax(axis=1)]
    predicted = nearest[asked]
    gold = np.where(np.isin(asked * candidates + predicted, pairs), predicted, wanted)
    return gold, predicted, np.full(len(asked), candidates), right[asked]
