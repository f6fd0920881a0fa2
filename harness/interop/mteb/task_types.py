"""mteb's types of tasks and our kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.interop.mteb.result_reading import Part

KINDS: Mapping[str, str] = {
    "BitextMining": "bitext",
    "Classification": "classification",
    "Clustering": "clustering",
    "InstructionReranking": "reranking",
    "InstructionRetrieval": "retrieval",
    "PairClassification": "pairs",
    "Reranking": "reranking",
    "Retrieval": "retrieval",
    "STS": "similarity",
}
"""mteb's type of a task → the kind of ours that its texts are judged as. MultilabelClassification is classification
where no text has two labels, which the type does not tell; types that are not here are mteb's own to judge."""
JUDGED_OTHERWISE = frozenset({"Classification", "Clustering", "MultilabelClassification"})
"""Types that we judge by a protocol of ours: mteb's numbers belong to the suite ?protocol=mteb."""
JUDGED_ALIKE: Mapping[str, str] = {name: kind for name, kind in KINDS.items() if name not in JUDGED_OTHERWISE}
"""Type → our kind, where the same name of a metric means the same number."""

_FOREIGN = "mteb:"
_SIGNS: tuple[tuple[str, str, str], ...] = (
    ("ndcg_at_10", "Retrieval", "ndcg_at_10"),
    ("v_measure", "Clustering", "v_measure"),
    ("max_ap", "PairClassification", "max_ap"),
    ("cosine_ap", "PairClassification", "cosine_ap"),
    ("cosine_spearman", "STS", "cosine_spearman"),
    ("lrap", "MultilabelClassification", "accuracy"),
    ("accuracy_stderr", "Classification", "accuracy"),
    ("ap", "Classification", "accuracy"),
    ("f1_weighted", "Classification", "accuracy"),
    ("recall", "BitextMining", "f1"),
    ("accuracy", "Classification", "accuracy"),
)
"""A number that tells the type of a task which nobody knows → the type, and its usual main score; the first counts."""


def foreign_kind(task_type: str) -> str:
    """The kind of a suite that mteb itself judges; of a type that nobody knows, too."""
    return f"{_FOREIGN}{task_type or 'unknown'}"


def is_foreign(kind: str) -> bool:
    """Whether a kind is one of `foreign_kind`: its numbers go by mteb's names."""
    return kind.startswith(_FOREIGN)


def guessed(part: Part) -> tuple[str, str]:
    """The type and the main score of a task that is not known, by the numbers that it has; empty where none tells."""
    names = {*part.numbers, *part.undefined}
    task_type, usual = next(((found, main) for sign, found, main in _SIGNS if sign in names), ("", ""))
    if part.main is None or part.numbers.get(usual) == part.main:
        return task_type, usual
    return task_type, next((name for name, value in part.numbers.items() if value == part.main), usual)
