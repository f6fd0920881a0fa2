"""Result files as mteb writes them, and a registry of a few of its tasks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.catalogue.mteb.registry import Registry
from tests.mteb_registry import entry

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "org__tiny-model"
REVISION = "abc123"


def registry() -> Registry:
    """A task of each sort that matters to a result."""
    languages = {"en": ["eng-Latn"], "zh": ["zho-Hans"]}
    known = [
        entry("SciFact", "Retrieval"),
        entry("XQuADRetrieval", "Retrieval", languages, splits=["validation"]),
        entry("STSBenchmark"),
        entry("PawsX", "PairClassification", languages, splits=["test", "validation"]),
        entry("Banking77", "Classification"),
        entry("SummEval", "Summarization"),
        entry("CQADupstack", "Retrieval", languages, members=["A", "B"]),
        entry("Pictures", "Retrieval", modalities=["text", "image"]),
    ]
    return Registry("2.26.24", {one.name: one for one in known}, {})


def content(task: str, scores: dict[str, list[dict[str, Any]]], **given: Any) -> dict[str, Any]:
    """What mteb 2 writes."""
    usual: dict[str, Any] = {
        "dataset_revision": "d1",
        "task_name": task,
        "mteb_version": "2.26.24",
        "scores": scores,
        "evaluation_time": 1.5,
        "kg_co2_emissions": None,
        "date": 1767225600.0,
    }
    return usual | given


def subset(name: str = "default", **numbers: float | None) -> dict[str, Any]:
    """The entry of a subset; the first number is the main score, unless told otherwise."""
    return {**numbers, "main_score": next(iter(numbers.values())), "hf_subset": name, "languages": ["eng-Latn"]}


def write(folder: Path, name: str, data: Any) -> Path:
    """A JSON file, NaN and all."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def result(folder: Path, task: str, entries: list[dict[str, Any]], split: str = "test", **given: Any) -> Path:
    """A result file of the tiny model, in mteb's folders."""
    home = folder / MODEL / REVISION
    write(home, "model_meta.json", {"name": "org/tiny-model", "revision": REVISION})
    return write(home, f"{task}.json", content(task, {split: entries}, **given))
