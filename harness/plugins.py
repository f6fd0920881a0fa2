"""Name → object: an explicit built-in table, then entry points of other distributions.

Groups: harness.embedders, .combinations, .tasks, .metrics. Only what is asked for is imported.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Literal, TypeAlias

from harness.errors import UsageError, nearest

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Group: TypeAlias = Literal["embedders", "combinations", "tasks", "metrics"]
"""What is looked up; its entry points live in the group `harness.<group>`."""

BUILTIN: dict[Group, dict[str, str]] = {
    "embedders": {
        "baseline": "harness.embedders.baseline:open_baseline",
        "bm25": "harness.embedders.bm25:BM25",
        "ce": "harness.embedders.pair_scorers:open_pair_scorer",
        "litellm": "harness.embedders.litellm_api:LiteLLMEmbedder",
        "mteb": "harness.embedders.mteb:open_mteb",
        "openai": "harness.embedders.openai_api:OpenAIEmbedder",
        "packaged": "harness.embedders.packaged:open_packaged",
        "st": "harness.embedders.st.embedder:SentenceTransformersEmbedder",
        "static": "harness.embedders.static:StaticEmbedder",
        "tokens": "harness.embedders.token_embeddings:TokenEmbeddings",
        "vectors": "harness.embedders.vectors:WordVectors",
    },
    "combinations": {
        "hybrid": "harness.embedders.combinations.hybrid:open_hybrid",
    },
    "tasks": {
        "analogy": "harness.tasks.analogy:Analogy",
        "bitext": "harness.tasks.bitext:Bitext",
        "classification": "harness.tasks.classification:Classification",
        "clustering": "harness.tasks.clustering:Clustering",
        "composition": "harness.tasks.composition:Composition",
        "pairs": "harness.tasks.pairs:Pairs",
        "process": "harness.tasks.process:Process",
        "reranking": "harness.tasks.reranking:Reranking",
        "retrieval": "harness.tasks.retrieval:Retrieval",
        "similarity": "harness.tasks.similarity:Similarity",
        "triplets": "harness.tasks.triplets:Triplets",
    },
    "metrics": {
        "accuracy": "harness.metrics.classified:accuracy",
        "adjacency_auc": "harness.metrics.graph:adjacency_auc",
        "ami": "harness.metrics.clusters:ami",
        "analogy_accuracy": "harness.metrics.analogy:analogy_accuracy",
        "analogy_mrr": "harness.metrics.analogy:analogy_mrr",
        "ap": "harness.metrics.separation:average_precision",
        "ari": "harness.metrics.clusters:ari",
        "auc": "harness.metrics.separation:auc",
        "best_accuracy": "harness.metrics.separation:best_accuracy",
        "best_f1": "harness.metrics.separation:best_f1",
        "bitext_accuracy": "harness.metrics.matched:bitext_accuracy",
        "bitext_f1": "harness.metrics.matched:bitext_f1",
        "bitext_reverse_accuracy": "harness.metrics.matched:bitext_reverse_accuracy",
        "cosmul_accuracy": "harness.metrics.analogy:cosmul_accuracy",
        "direction_accuracy": "harness.metrics.graph:direction_accuracy",
        "hit": "harness.metrics.ranking:hit",
        "hit_upper": "harness.metrics.ranking:hit_upper",
        "honest_accuracy": "harness.metrics.analogy:honest_accuracy",
        "hop_partial_spearman": "harness.metrics.graph:hop_partial_spearman",
        "hop_spearman": "harness.metrics.graph:hop_spearman",
        "judged": "harness.metrics.ranking:judged",
        "judgements_held": "harness.metrics.graph:judgements_held",
        "knn_accuracy": "harness.metrics.classified:knn_accuracy",
        "knn_macro_f1": "harness.metrics.classified:knn_macro_f1",
        "knn_purity": "harness.metrics.graph:knn_purity",
        "macro_f1": "harness.metrics.classified:macro_f1",
        "map": "harness.metrics.ranking:mean_average_precision",
        "mrr": "harness.metrics.ranking:mrr",
        "mrr_upper": "harness.metrics.ranking:mrr_upper",
        "ndcg": "harness.metrics.ranking:ndcg",
        "ndcg_exp": "harness.metrics.ranking:ndcg_exp",
        "ndcg_upper": "harness.metrics.ranking:ndcg_upper",
        "ocs": "harness.metrics.offsets:ocs",
        "offset_length": "harness.metrics.offsets:offset_length",
        "only_b_accuracy": "harness.metrics.analogy:only_b_accuracy",
        "pair_direction": "harness.metrics.offsets:pair_direction",
        "pcs": "harness.metrics.offsets:pcs",
        "pearson": "harness.metrics.correlation:pearson",
        "precision": "harness.metrics.ranking:precision",
        "precision_upper": "harness.metrics.ranking:precision_upper",
        "purity": "harness.metrics.clusters:purity",
        "recall": "harness.metrics.ranking:recall",
        "recall_upper": "harness.metrics.ranking:recall_upper",
        "silhouette": "harness.metrics.clusters:silhouette",
        "spearman": "harness.metrics.correlation:spearman",
        "triplet_accuracy": "harness.metrics.triplets:triplet_accuracy",
        "triplet_margin": "harness.metrics.triplets:triplet_margin",
        "v_measure": "harness.metrics.clusters:v_measure",
    },
}


def names(group: Group) -> dict[str, str]:
    """Every known name of a group, with the `module:attribute` that it stands for.

    Raises UsageError when two distributions, or one and the harness itself, claim the same name.
    """
    table = dict(BUILTIN[group])
    for point in _entry_points(group):
        if table.get(point.name, point.value) != point.value:
            raise UsageError(
                f"two {group} are called {point.name!r}: {table[point.name]} and {point.value}. "
                "Uninstall one of the distributions that bring them."
            )
        table[point.name] = point.value
    return table


def find(group: Group, name: str) -> object:
    """Import and return the object called `name`.

    Raises UsageError for an unknown name, with the nearest known ones.
    """
    table = names(group)
    if name not in table:
        hint = nearest(name, table)
        raise UsageError(f"there is no {name!r} among the {group}. {hint}Known: {', '.join(sorted(table))}")
    module, _, attribute = table[name].partition(":")
    return getattr(import_module(module), attribute)


def _entry_points(group: Group) -> tuple[EntryPoint, ...]:
    return _scanned(group, tuple(sys.path))


@cache
def _scanned(group: Group, path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """What the distributions on `path` offer; reading all their metadata takes 10 ms."""
    del path  # the key under which the answer is kept
    # Costs 20 ms that `harness --help` must not pay.
    from importlib.metadata import entry_points  # noqa: PLC0415 # see above

    return tuple(entry_points(group=f"harness.{group}"))
