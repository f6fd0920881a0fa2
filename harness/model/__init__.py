"""The nouns: what the parts of the harness hand to each other. Frozen, no I/O.

Spec ──▶ Embedder | Ranker          who is judged, and its Identity
Table ──▶ Task ──▶ Suite            what it is judged on
Texts ──▶ Vectors | Ranking ──▶ Judgements
Metric(Judgements) ──▶ Score, ItemScores;  Finding ──▶ Run
Run × Run ──▶ Difference ──▶ Comparison;  Runs ──▶ Field ──▶ Decision;  Gate × Difference ──▶ Ruling ──▶ Verdict
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
from harness.model.comparisons import (
    Compared,
    Comparison,
    Difference,
    Estimate,
    Moved,
    NotCompared,
    Side,
    Tally,
    Word,
)
from harness.model.decisions import Aligned, Decision, Facts, Field, Open, Standing, Unmet
from harness.model.metric import Judgements, Metric, Restorable
from harness.model.results import IMPORTED, Finding, Interval, ItemScores, Noise, Remarks, Row, Run, Score, Status
from harness.model.suite import (
    Answering,
    AnySuite,
    ForeignSuite,
    Judge,
    Legible,
    RankingTask,
    RerankingTask,
    Suite,
    Task,
)
from harness.model.tables import Column, Image, Table, TableShape, Texts
from harness.model.verdicts import MARGIN, Answer, Comparator, Gate, Limit, Policy, Ruling, Verdict

__all__ = [
    "IMPORTED",
    "MARGIN",
    "Aligned",
    "Answer",
    "Answering",
    "AnySuite",
    "Column",
    "Comparator",
    "Compared",
    "Comparison",
    "Decision",
    "Difference",
    "Embedder",
    "Estimate",
    "Facts",
    "Field",
    "Finding",
    "Floats",
    "ForeignSuite",
    "Gate",
    "Identity",
    "Image",
    "Index",
    "Interval",
    "ItemScores",
    "Judge",
    "Judgements",
    "Legible",
    "Limit",
    "Metric",
    "Moved",
    "Noise",
    "NotCompared",
    "Open",
    "Policy",
    "Precision",
    "Ranker",
    "Ranking",
    "RankingTask",
    "ReadsImages",
    "Remarks",
    "Reranker",
    "RerankingTask",
    "Restorable",
    "Role",
    "Row",
    "Ruling",
    "Run",
    "Score",
    "Side",
    "Similarity",
    "Spec",
    "Standing",
    "Status",
    "Suite",
    "Table",
    "TableShape",
    "Tally",
    "Task",
    "Texts",
    "Unmet",
    "Usage",
    "Used",
    "Vectors",
    "Verdict",
    "Word",
    "reads_images",
]
