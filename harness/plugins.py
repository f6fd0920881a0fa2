"""Name → object: an explicit built-in table, then entry points of other distributions.

Three groups: harness.embedders, harness.tasks, harness.metrics. Only the one asked for is imported.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Literal, TypeAlias

from harness.errors import UsageError, nearest

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Group: TypeAlias = Literal["embedders", "tasks", "metrics"]
"""What is looked up; its entry points live in the group `harness.<group>`."""

BUILTIN: dict[Group, dict[str, str]] = {
    "embedders": {
        "baseline": "harness.embedders.baseline:open_baseline",
        "bm25": "harness.embedders.bm25:BM25",
        "packaged": "harness.embedders.packaged:open_packaged",
        "st": "harness.embedders.sentence_transformers:SentenceTransformersEmbedder",
        "static": "harness.embedders.static:StaticEmbedder",
        "vectors": "harness.embedders.vectors:WordVectors",
    },
    "tasks": {
        "pairs": "harness.tasks.pairs:Pairs",
        "process": "harness.tasks.process:Process",
        "retrieval": "harness.tasks.retrieval:Retrieval",
        "similarity": "harness.tasks.similarity:Similarity",
        "triplets": "harness.tasks.triplets:Triplets",
    },
    "metrics": {
        "adjacency_auc": "harness.metrics.graph:adjacency_auc",
        "ap": "harness.metrics.separation:average_precision",
        "auc": "harness.metrics.separation:auc",
        "best_f1": "harness.metrics.separation:best_f1",
        "direction_accuracy": "harness.metrics.graph:direction_accuracy",
        "hit": "harness.metrics.ranking:hit",
        "hop_partial_spearman": "harness.metrics.graph:hop_partial_spearman",
        "hop_spearman": "harness.metrics.graph:hop_spearman",
        "judgements_held": "harness.metrics.graph:judgements_held",
        "map": "harness.metrics.ranking:mean_average_precision",
        "mrr": "harness.metrics.ranking:mrr",
        "ndcg": "harness.metrics.ranking:ndcg",
        "pearson": "harness.metrics.correlation:pearson",
        "precision": "harness.metrics.ranking:precision",
        "purity": "harness.metrics.graph:purity",
        "recall": "harness.metrics.ranking:recall",
        "spearman": "harness.metrics.correlation:spearman",
        "triplet_accuracy": "harness.metrics.triplets:triplet_accuracy",
        "triplet_margin": "harness.metrics.triplets:triplet_margin",
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
