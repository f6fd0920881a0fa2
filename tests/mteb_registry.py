"""A registry of mteb's with a handful of tasks, for tests that need no mteb: names, places and suites of such tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.catalogue.mteb import places, registry
from harness.catalogue.mteb.names import Asked, suite_name
from harness.catalogue.mteb.place import MtebPlace
from harness.catalogue.mteb.registry import Entry, Member, Registry
from harness.model import Embedder, ForeignSuite, Ranker, Reranker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pytest


MAIN_SCORES = {
    "BitextMining": "f1",
    "Classification": "accuracy",
    "Clustering": "v_measure",
    "InstructionReranking": "p-MRR",
    "PairClassification": "max_ap",
    "Reranking": "map_at_1000",
    "Retrieval": "ndcg_at_10",
    "STS": "cosine_spearman",
    "Summarization": "cosine_spearman",
}
"""A type of mteb's tasks → the main score that nearly all tasks of it have."""


def entry(
    name: str, kind: str = "STS", languages: Mapping[str, Sequence[str]] | str = "eng-Latn", **changed: object
) -> Entry:
    """A task of texts; a language stands for one subset in it."""
    usual: dict[str, object] = {
        "languages": {"default": [languages]} if isinstance(languages, str) else dict(languages),
        "domains": ["Web"],
        "modalities": ["text"],
        "splits": ["test"],
        "main_score": MAIN_SCORES.get(kind, "main"),
        "path": f"o/{name}",
        "revision": "1",
        "licence": "mit",
    }
    return Entry(name=name, type=kind, **usual | changed)  # type: ignore[arg-type]  # whatever a test asks for


def place(folder: Path, task: Entry, subset: str = "default", split: str = "test", **asked: Any) -> MtebPlace:
    """Where the suite of a task is. folder: what the cache keeps of it. asked: what of `Asked` is not empty."""
    name = suite_name(task.name, protocol=asked.get("protocol", ""))
    return MtebPlace(name, folder, task, subset, split, Asked(task.name, **asked))


TASKS = (
    entry("Facts", "Retrieval", "eng-Latn", domains=["Medical", "Academic"]),
    entry("Wen", "Retrieval", "zho-Hans", domains=["Legal"]),
    entry("Yu", "STS", "cmn-Hans"),
    entry("Old", "STS", "cmn-Hant", superseded_by="Yu"),
    entry(
        "Many",
        "Retrieval",
        {"de": ["deu-Latn"], "en": ["eng-Latn"], "zh": ["zho-Hans"], "zh-en": ["zho-Hans", "eng-Latn"]},
    ),
    entry("Sums", "Summarization", "eng-Latn"),
    entry("Looks", "Classification", "eng-Latn", modalities=["image", "text"]),
    entry("Secret", "Clustering", "eng-Latn", hidden=True),
)
REGISTRY = Registry(
    version="9.9.9",
    tasks={one.name: one for one in TASKS},
    benchmarks={
        "Bench(zh, v1)": [
            Member("Wen", (), ("test",)),
            Member("Old", (), ("test",)),
            Member("Many", ("zh",), ("dev",)),
        ],
        "Bench(en, v1)": [Member("Facts", (), ("test",))],
    },
    trained_on={
        "Org/Model-A": ["Facts", "Many"],
        "org/model-b": [],
        "other/Model-B": ["Facts"],
        "one/two-twins": ["Yu"],
    },
    aliases={"Old Bench": "Bench(zh, v1)"},
)


def install(patch: pytest.MonkeyPatch, known: Registry = REGISTRY) -> None:
    """For the rest of a test this is what mteb has, whether or not it is installed."""
    patch.setattr(registry, "read_registry", lambda _: known)
    patch.setattr(places, "read_registry", lambda _: known)


@dataclass(frozen=True)
class FakeJudge:
    """Asks for texts of its own, and reports the mean of their vectors."""

    name: str = "mteb 9.9.9"
    texts: tuple[str, ...] = ("one", "two")

    def report(self, embedder: Embedder | Ranker | Reranker) -> Mapping[str, float] | str:
        """Two numbers, or why there are none for this one."""
        if isinstance(embedder, Ranker | Reranker):
            return "has no vectors"
        return {"cosine_spearman": float(embedder.embed(self.texts, "either").mean()), "pearson": 0.25}


def foreign(name: str = "mteb:Sums", notes: tuple[str, ...] = ()) -> ForeignSuite:
    """A suite that other software judges."""
    return ForeignSuite(
        name, "Sums", "mit", "mteb:Summarization", FakeJudge(), "cosine_spearman", "f1", "/", notes=notes
    )
