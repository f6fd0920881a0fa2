"""The nouns: what the parts of the harness hand to each other. Frozen, no I/O.

Spec ──▶ Embedder | Ranker          who is judged, and its Identity
Table ──▶ Task ──▶ Suite            what it is judged on
Texts ──▶ Vectors | Ranking ──▶ Judgements
Metric(Judgements) ──▶ Score, ItemScores;  Finding ──▶ Run
"""

from __future__ import annotations

from harness.model.arrays import Floats, Index, Vectors
from harness.model.candidates import (
    Embedder,
    Identity,
    Precision,
    Ranker,
    Ranking,
    ReadsImages,
    Reranker,
    Role,
    Similarity,
    Spec,
    Usage,
    Used,
    reads_images,
)
from harness.model.metric import Judgements, Metric
from harness.model.results import IMPORTED, Finding, Interval, ItemScores, Remarks, Row, Run, Score, Status
from harness.model.suite import AnySuite, ForeignSuite, Judge, RankingTask, RerankingTask, Suite, Task
from harness.model.tables import Column, Image, Table, TableShape, Texts

__all__ = [
    "IMPORTED",
    "AnySuite",
    "Column",
    "Embedder",
    "Finding",
    "Floats",
    "ForeignSuite",
    "Identity",
    "Image",
    "Index",
    "Interval",
    "ItemScores",
    "Judge",
    "Judgements",
    "Metric",
    "Precision",
    "Ranker",
    "Ranking",
    "RankingTask",
    "ReadsImages",
    "Remarks",
    "Reranker",
    "RerankingTask",
    "Role",
    "Row",
    "Run",
    "Score",
    "Similarity",
    "Spec",
    "Status",
    "Suite",
    "Table",
    "TableShape",
    "Task",
    "Texts",
    "Usage",
    "Used",
    "Vectors",
    "reads_images",
]
