"""Clustering: do the vectors of texts fall into the groups that their labels say?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from harness.metrics.clusters import Clustered
from harness.metrics.contingency import adjusted_mutual_information
from harness.model import Finding, Floats, Index, Table, TableShape, Texts, Vectors
from harness.search import COSINE, unit
from harness.tasks.kmeans import k_means
from harness.tasks.labels import LABELLED, check_at_least, coded, data_seeds
from harness.tasks.lines import lines
from harness.tasks.sentences import sentence_groups, sentence_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.errors import Faults
    from harness.model import Similarity

_DECIMALS = 9
"""To which mean distances are told apart: below that they are rounding."""


@dataclass(frozen=True)
class Clustering:
    """Texts with a label each, clustered into as many clusters as there are labels. Equal texts are one group.

    All rows are clustered. k-means starts `seeds` times, each time from a seed that depends on the data alone. Under
    cosine the vectors are brought to unit length before, else they are taken as they are.
    """

    ids: Sequence[str]
    groups: Sequence[str]
    labelled: Sequence[str]
    labels: Sequence[str]
    gold: Index
    seeds: Sequence[int]

    kind: ClassVar[str] = "clustering"
    version: ClassVar[int] = 1
    tables: ClassVar[Mapping[str, TableShape]] = {"texts": TableShape(LABELLED)}
    parameters: ClassVar[Mapping[str, Any]] = {"seeds": 5}
    yields: ClassVar[tuple[type[Any], ...]] = (Clustered,)

    @classmethod
    def read(cls, tables: Mapping[str, Table], parameters: Mapping[str, Any], depth: int, faults: Faults) -> Self:
        """See `Task.read`. Faults: one label only, no label twice, no start."""
        del depth
        table = tables["texts"]
        check_at_least(parameters, {"seeds": 1}, faults)
        ids, texts = sentence_ids(table), table.columns["text"]
        labels, gold = coded(table.columns["label"])
        if len(labels) == 1:
            faults.add(table.file, 0, "label", "one label only: at least two are needed")
        elif len(labels) == len(gold):
            faults.add(table.file, 0, "label", "no label twice: texts with the same label form a cluster")
        count = max(parameters["seeds"], 0)
        seeds = data_seeds("k-means", count, ids, table.columns["label"], texts)
        return cls(ids, sentence_groups(table, texts), texts, labels, gold, seeds)

    def texts(self) -> Mapping[str, Texts]:
        """The texts, neither queries nor documents."""
        return {"texts": Texts(self.labelled, "either")}

    def judge(self, vectors: Mapping[str, Vectors], similarity: Similarity = COSINE) -> tuple[Clustered]:
        """The clusters of each start, and the silhouette of the labels. Raises MissingExtraError."""
        given = vectors["texts"]
        points = unit(given) if similarity.name == COSINE.name else given
        assigned = k_means(points, len(self.labels), self.seeds)
        return (Clustered(self.ids, self.groups, self.gold, assigned, silhouettes(given, self.gold)),)

    def findings(self, judged: Mapping[type[Any], Any], random: np.random.Generator) -> tuple[Finding, ...]:
        """How far apart the starts are."""
        del random
        scores = [table.value(adjusted_mutual_information) for table in judged[Clustered].tables]
        note = f"largest less smallest AMI of {len(scores)} starts of k-means, {min(scores):.3f} to {max(scores):.3f}"
        return (Finding("start_spread", max(scores) - min(scores), note),)

    def item_lines(self, ids: Iterable[str]) -> Mapping[str, str]:
        """The texts."""
        return lines(ids, self.ids, self.labelled)

    def answer_lines(self, answers: Iterable[str]) -> Mapping[str, str]:
        """None: a cluster has no name."""
        del answers
        return {}


def silhouettes(vectors: Vectors, labels: Index) -> Floats:
    """(b − a) / max(a, b) per vector, n: a its mean cosine distance to the others of its label, b to the next label.

    0 for the only one of a label (Rousseeuw 1987). A sum of cosines is the cosine sum with the sum of the unit vectors
    of a label, so that no n × n matrix is needed.
    """
    points = unit(vectors.astype(np.float64)).astype(np.float64)
    sizes = np.bincount(labels)
    sums = np.zeros((len(sizes), points.shape[1]))
    np.add.at(sums, labels, points)
    distances = sizes - points @ sums.T
    rows = np.arange(len(labels))
    others = sizes[labels] - 1
    own = distances[rows, labels] - (1 - np.vecdot(points, points))
    a = np.round(own / np.maximum(others, 1), _DECIMALS)
    means = np.round(distances / sizes, _DECIMALS)
    means[rows, labels] = np.inf
    b = means.min(axis=1)
    longer = np.maximum(a, b)
    return np.where((others > 0) & (longer > 0), (b - a) / np.where(longer > 0, longer, 1.0), 0.0)
