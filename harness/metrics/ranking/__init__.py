"""Rankings of documents, judged: where the judged documents stand, the usual metrics, and bounds on them."""

from __future__ import annotations

from harness.metrics.ranking.measures import (
    EXPONENTIAL,
    hit,
    mean_average_precision,
    mrr,
    ndcg,
    ndcg_exp,
    precision,
    recall,
)
from harness.metrics.ranking.ranks import UNRANKED, UNREACHABLE, Ragged, Ranked, Relevant, ranked, without
from harness.metrics.ranking.sums import CONVENTION
from harness.metrics.ranking.unjudged import (
    JUDGED,
    UPPER,
    hit_upper,
    judged,
    mrr_upper,
    ndcg_upper,
    precision_upper,
    recall_upper,
)

__all__ = [
    "CONVENTION",
    "EXPONENTIAL",
    "JUDGED",
    "UNRANKED",
    "UNREACHABLE",
    "UPPER",
    "Ragged",
    "Ranked",
    "Relevant",
    "hit",
    "hit_upper",
    "judged",
    "mean_average_precision",
    "mrr",
    "mrr_upper",
    "ndcg",
    "ndcg_exp",
    "ndcg_upper",
    "precision",
    "precision_upper",
    "ranked",
    "recall",
    "recall_upper",
    "without",
]
