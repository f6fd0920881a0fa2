"""Our metrics under the names of mteb, kind by kind, where both mean the same number.

Two of them part in a corner: mteb's F1 of pairs never takes all pairs for matches, which is best where nothing tells
them apart; and its F1 of classes has among them those that are predicted only, which ours has not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.interop.mteb.result_reading import Part

_RANKING = {"hit": "hit_rate", "map": "map", "mrr": "mrr", "ndcg": "ndcg", "precision": "precision", "recall": "recall"}
_NAMES: Mapping[str, Mapping[str, str]] = {
    "bitext": {"bitext_f1": "f1", "bitext_accuracy": "accuracy"},
    "classification": {"accuracy": "accuracy", "macro_f1": "f1"},
    "clustering": {"v_measure": "v_measure", "ami": "ami"},
    "pairs": {"ap": "cosine_ap", "best_accuracy": "cosine_accuracy", "best_f1": "cosine_f1"},
    "similarity": {"spearman": "cosine_spearman", "pearson": "cosine_pearson"},
}
"""Kind → our metric → theirs; those of rankings have cutoffs besides."""
_BEST_OF_FIVE = {"max_ap": "ap", "max_accuracy": "best_accuracy"}
"""mteb's number is the best of five similarities, ours that of one."""
RANKED = ("retrieval", "reranking")
"""Kinds whose metrics have a cutoff."""


def theirs(kind: str, metric: str) -> str | None:
    """`ndcg@10` → `ndcg_at_10`; None where mteb has no such number."""
    if kind not in RANKED:
        return _NAMES.get(kind, {}).get(metric)
    name, at, cutoff = metric.partition("@")
    return f"{_RANKING[name]}_at_{cutoff}" if at and name in _RANKING else None


def ours(kind: str, name: str) -> str | None:
    """`ndcg_at_10` → `ndcg@10`; None where we have no such number."""
    if kind not in RANKED:
        back = {other: own for own, other in _NAMES.get(kind, {}).items()}
        return back.get(name, _BEST_OF_FIVE.get(name) if kind == "pairs" else None)
    if name == "accuracy":  # of multiple choice: is the first document right?
        return "recall@1"
    stem, at, cutoff = name.rpartition("_at_")
    back = {other: own for own, other in _RANKING.items()}
    return f"{back[stem]}@{cutoff}" if at and stem in back and cutoff.isdigit() else None


def renamed(kind: str, main: str, part: Part) -> dict[str, float | None]:
    """Our metric → number, the headline first; None where mteb could not compute the headline.

    kind: ours, or empty where mteb's names stay. A number that we have none like keeps mteb's name. main: by mteb's
    name; a file without it has another headline: the number that it calls its main score.
    """
    found = {_own_name(kind, name): value for name, value in part.numbers.items()}
    headline = ours(kind, main) or main
    if headline not in found and main in part.undefined:
        return {headline: None, **found}
    if headline not in found:
        headline = next((name for name, value in found.items() if value == part.main), "main_score")
    return {headline: found.get(headline, part.main), **found}


def _own_name(kind: str, name: str) -> str:
    """Two of theirs may be one of ours (max_ap, cosine_ap): the one that ours is called by in mteb."""
    own = ours(kind, name)
    return own if own and theirs(kind, own) == name else name
