"""Triplets: is the positive nearer to the anchor than the negative is?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from harness.metrics.triplets import TripletMargins
from harness.model import Column, Finding, Table, TableShape, Texts, Vectors
from harness.search import COSINE
from harness.tasks.lines import lines
from harness.tasks.sentences import sentence_groups, sentence_ids, sentence_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np

    from harness.errors import Faults
    from harness.model import Similarity


@dataclass(frozen=True)
class Triplets:
    """Anchor, positive, negative. Triplets that share their anchor are one group."""

    ids: Sequence[str]
    groups: Sequence[str]
    anchor: Sequence[str]
    positive: Sequence[str]
    negative: Sequence[str]

    kind: ClassVar[str] = "triplets"
    version: ClassVar[int] = 1
    tables: ClassVar[Mapping[str, TableShape]] = {
        "triplets": TableShape(
            {
                "id": Column("id", required=False, unique=True),
                "anchor": Column("text"),
                "positive": Column("text"),
                "negative": Column("text"),
                "group": Column("label", required=False),
            }
        )
    }
    parameters: ClassVar[Mapping[str, Any]] = {}
    yields: ClassVar[tuple[type[Any], ...]] = (TripletMargins,)

    @classmethod
    def read(cls, tables: Mapping[str, Table], parameters: Mapping[str, Any], depth: int, faults: Faults) -> Self:
        """See `Task.read`. Fault: a positive that is its own negative."""
        del parameters, depth
        table = tables["triplets"]
        anchor, positive, negative = (table.columns[name] for name in ("anchor", "positive", "negative"))
        for row, line in enumerate(table.lines):
            if positive[row] == negative[row]:
                faults.add(table.file, line, "negative", "same text: positive and negative are equal")
        return cls(sentence_ids(table), sentence_groups(table, anchor), anchor, positive, negative)

    def texts(self) -> Mapping[str, Texts]:
        """The three columns."""
        return sentence_texts({"anchor": self.anchor, "positive": self.positive, "negative": self.negative})

    def judge(self, vectors: Mapping[str, Vectors], similarity: Similarity = COSINE) -> tuple[TripletMargins]:
        """cos(anchor, positive) − cos(anchor, negative)."""
        near = similarity.pairs(vectors["anchor"], vectors["positive"])
        far = similarity.pairs(vectors["anchor"], vectors["negative"])
        return (TripletMargins(ids=self.ids, groups=self.groups, margin=near - far),)

    def findings(self, judged: Mapping[type[Any], Any], random: np.random.Generator) -> tuple[Finding, ...]:
        """None."""
        del judged, random
        return ()

    def item_lines(self, ids: Iterable[str]) -> Mapping[str, str]:
        """The anchor, then what belongs nearer to it, then what belongs farther away."""
        given = lines(ids, self.ids, self.anchor)
        near, far = (lines(given, self.ids, texts) for texts in (self.positive, self.negative))
        return {name: f"{anchor} · + {near[name]} · − {far[name]}" for name, anchor in given.items()}

    def answer_lines(self, answers: Iterable[str]) -> Mapping[str, str]:
        """None: nothing is put first."""
        del answers
        return {}
