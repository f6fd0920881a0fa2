"""Tasks of mteb's classes with data that a test makes up, and what becomes of them here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from harness.catalogue import Place, load_suite
from harness.catalogue.mteb.kinds import converted
from harness.catalogue.mteb.names import Asked
from harness.catalogue.mteb.place import MtebPlace
from harness.catalogue.mteb.writing import write_suite
from harness.interop.mteb import door
from tests.mteb_registry import entry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.model import Suite

TYPES: dict[str, tuple[str, str]] = {
    "AbsTaskRetrieval": ("Retrieval", "ndcg_at_10"),
    "AbsTaskReranking": ("Reranking", "map_at_1000"),
    "AbsTaskSTS": ("STS", "cosine_spearman"),
    "AbsTaskPairClassification": ("PairClassification", "max_ap"),
    "AbsTaskBitextMining": ("BitextMining", "f1"),
    "AbsTaskClassification": ("Classification", "accuracy"),
    "AbsTaskMultilabelClassification": ("MultilabelClassification", "accuracy"),
    "AbsTaskRegression": ("Regression", "kendalltau"),
    "AbsTaskClustering": ("Clustering", "v_measure"),
    "AbsTaskClusteringLegacy": ("Clustering", "v_measure"),
    "AbsTaskSummarization": ("Summarization", "cosine_spearman"),
    "AbsTaskZeroShotClassification": ("ZeroShotClassification", "accuracy"),
}
"""A base class of mteb's → the type of a task of it, and its main score."""


@dataclass(frozen=True)
class Converted:
    """The suite that was written and read again, and the rows of its tables as they were written."""

    suite: Suite
    tables: Mapping[str, list[dict[str, Any]]]

    @property
    def notes(self) -> str:
        """All of them, a line each."""
        return "\n".join(self.suite.notes)

    @property
    def metrics(self) -> list[str]:
        """Their names."""
        return [metric.name for metric in self.suite.metrics]


class Make(Protocol):
    """Converts a task: its base class, its data, what its class has of its own, what is asked for, its main score."""

    def __call__(
        self,
        base: str,
        dataset: Any,
        members: Mapping[str, Any] | None = None,
        *,
        asked: Asked = ...,
        main: str = "",
        subset: str = "default",
    ) -> Converted | None:
        """None where only mteb can judge it."""
        ...


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A task of mteb's, of this base class, that holds these data."""
    if find_spec("mteb") is None:
        pytest.skip("needs mteb: pip install 'embedding-harness[mteb]'")
    monkeypatch.setenv("MTEB_CACHE", str(tmp_path / "mteb"))  # it makes a folder when it is imported

    def task(base: str, dataset: Any, members: Mapping[str, Any] | None = None, main: str = "") -> Any:
        home = getattr(door.module("mteb.abstasks"), base)
        known, usual = TYPES[base]
        metadata = door.module("mteb.abstasks.task_metadata").TaskMetadata(
            name="Local",
            description="a task that lies here",
            type=known,
            category="t2t",
            modalities=["text"],
            eval_splits=["test"],
            eval_langs=["eng-Latn"],
            main_score=main or usual,
            dataset={"path": "local/none", "revision": "1"},
        )
        with door.undisturbed():
            made = type("Local", (home,), {"metadata": metadata, **(members or {})})()
        made.dataset, made.data_loaded = dataset, True
        return made

    return task


@pytest.fixture
def make(task: Any, tmp_path: Path) -> Make:
    """See `Make`."""

    def make(
        base: str,
        dataset: Any,
        members: Mapping[str, Any] | None = None,
        *,
        asked: Asked = Asked("Local"),  # noqa: B008 # frozen
        main: str = "",
        subset: str = "default",
    ) -> Converted | None:
        known = entry("Local", TYPES[base][0], main_score=main or TYPES[base][1])
        place = MtebPlace("mteb:Local", tmp_path, known, subset, "test", asked)
        made = converted(task(base, dataset, members, main), place)
        if made is None:
            return None
        write_suite(tmp_path, place, made)
        tables = {name: (tmp_path / f"{name}.jsonl").read_text("utf-8").split("\n")[:-1] for name in made.tables}
        rows = {name: [json.loads(line) for line in lines] for name, lines in tables.items()}
        return Converted(load_suite(Place(place.name, tmp_path)), rows)

    return make
