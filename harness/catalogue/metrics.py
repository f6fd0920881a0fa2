"""The usual metrics of each kind: of its template, of what is imported, of a folder in BEIR's layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

METRICS: Mapping[str, tuple[str, ...]] = {
    "analogy": (
        "analogy_accuracy@1",
        "analogy_accuracy@5",
        "analogy_mrr",
        "honest_accuracy@1",
        "only_b_accuracy@1",
        "ocs",
        "pcs",
    ),
    "bitext": ("bitext_f1", "bitext_accuracy", "bitext_reverse_accuracy"),
    "classification": ("accuracy", "macro_f1", "knn_accuracy", "knn_macro_f1"),
    "clustering": ("ami", "ari", "v_measure", "purity"),
    "composition": ("ndcg@10", "recall@1", "recall@10", "mrr@10"),
    "pairs": ("ap", "auc", "best_f1"),
    "process": (
        "mrr@10",
        "hit@1",
        "hit@3",
        "adjacency_auc",
        "hop_spearman",
        "hop_partial_spearman",
        "knn_purity@5",
        "judgements_held",
        "direction_accuracy",
    ),
    "reranking": ("map", "mrr@10", "ndcg@10"),
    "retrieval": ("ndcg@10", "recall@1", "recall@10", "recall@100", "mrr@10", "map@100"),
    "similarity": ("spearman", "pearson"),
    "triplets": ("triplet_accuracy", "triplet_margin"),
}
"""By kind; the first is the headline."""

_NEEDS = {"judgements_held": "judgements"}
"""Metrics of a table that may be left out."""


def usual(kind: str, tables: Collection[str]) -> tuple[str, ...]:
    """The usual metrics of a kind, less those of a table that is not among `tables`; none for an unknown kind."""
    return tuple(name for name in METRICS.get(kind, ()) if _NEEDS.get(name) in {None, *tables})
