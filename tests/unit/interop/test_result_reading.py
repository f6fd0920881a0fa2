"""Reading mteb's result files, in all the shapes that it has written."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from harness.interop.mteb.result_reading import Model, Part, model_of, read_task, result_files
from tests.result_files import MODEL, REVISION, content, subset, write

if TYPE_CHECKING:
    from pathlib import Path


def read(data: Any) -> Any:
    """As the text of a file."""
    return read_task(json.dumps(data))


def test_a_result_of_today_is_read() -> None:
    """Every subset of every split, its numbers without those about how sure the model is; the date in UTC."""
    entries = [
        subset("en", ndcg_at_10=0.5, nauc_ndcg_at_10_max=0.1, evaluation_time=3.0),
        subset("zh", ndcg_at_10=0.25),
    ]
    found = read(content("X", {"test": entries, "dev": [subset("en", ndcg_at_10=1)]}))
    assert (found.task, found.dataset_revision, found.version, found.seconds) == ("X", "d1", "2.26.24", 1.5)
    assert found.date == "2026-01-01T00:00:00.000000+00:00"
    assert found.parts == (
        Part("test", "en", {"ndcg_at_10": 0.5}, 0.5),
        Part("test", "zh", {"ndcg_at_10": 0.25}, 0.25),
        Part("dev", "en", {"ndcg_at_10": 1.0}, 1.0),
    )


@pytest.mark.parametrize("nothing", [math.nan, math.inf, None])
def test_what_is_no_number_is_undefined(nothing: float | None) -> None:
    """NaN literals, which mteb writes, infinities and nulls; truth values and lists are no numbers at all."""
    entries = [subset(ap=nothing, accuracy=0.5) | {"flag": True, "scores_per_experiment": [{"accuracy": 0.4}]}]
    (part,) = read(content("X", {"test": entries})).parts
    assert part == Part("test", "default", {"accuracy": 0.5}, None, ("ap", "main_score"))


def test_numbers_that_no_float_holds_are_undefined() -> None:
    """JSON sets no limit to whole numbers. A number without a name is none."""
    (part,) = read(content("X", {"test": [subset(ap=10**400) | {"f1": 10**400, "": 1, "accuracy": 0.5}]})).parts
    assert part == Part("test", "default", {"accuracy": 0.5}, None, ("ap", "f1", "main_score"))


def test_a_result_of_before_1_11_is_read() -> None:
    """The split at the top, similarities in objects of their own, the task under its former name."""
    old = {
        "dataset_revision": "d0",
        "mteb_dataset_name": "PPC",
        "mteb_version": "1.0.2",
        "test": {"cos_sim": {"ap": 0.5, "f1": 0.25}, "max": {"ap": 0.75}, "evaluation_time": 9.0},
    }
    found = read(old)
    assert (found.task, found.version, found.date, found.seconds) == ("PpcPC", "1.0.2", "", None)
    assert found.parts == (Part("test", "default", {"cosine_ap": 0.5, "cosine_f1": 0.25, "max_ap": 0.75}),)


def test_an_old_result_with_subsets_is_read() -> None:
    """An object per subset below the split; what stands beside them is none."""
    old = {"mteb_dataset_name": "X", "test": {"en": {"accuracy": 0.5}, "de": {"accuracy": 0.25}, "evaluation_time": 1}}
    found = read(old)
    assert [(part.subset, part.numbers) for part in found.parts] == [
        ("en", {"accuracy": 0.5}),
        ("de", {"accuracy": 0.25}),
    ]


def test_objects_in_a_result_of_1_11_are_read() -> None:
    """Versions between 1.11 and 1.12.48 still put numbers under their similarity, or began them with cos_sim."""
    entries = [{"cos_sim": {"spearman": 0.5}, "cos_sim_pearson": 0.25, "main_score": 0.5, "hf_subset": "default"}]
    (part,) = read(content("X", {"test": entries})).parts
    assert part.numbers == {"cosine_spearman": 0.5, "cosine_pearson": 0.25}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "it is no object"),
        ("{}", "no task_name"),
        ('{"task_name": "X"}', "no scores by split"),
        ('{"scores": {"test": [{"hf_subset": "default"}]}}', "no task_name"),
        ('{"task_name": "X", "scores": {}}', "no scores"),
        ('{"task_name": "X", "scores": {"test": {"a": 1}}}', "'test' is no list of objects"),
        ('{"task_name": "X", "scores": {"test": [{"main_score": 1}]}}', "'test' has no hf_subset"),
        (
            '{"task_name": "X", "scores": {"test": [{"hf_subset": "en"}, {"hf_subset": "en"}]}}',
            "a subset twice: en, en",
        ),
        ('{"mteb_dataset_name": "X"}', "no scores"),
        ("[" * 100_000, "nested too deeply"),
        ('{"task_name": "X?rows=1", "scores": {"test": [{"hf_subset": "a"}]}}', "behind . are options"),
        (r'{"task_name": "\u001b[31mX", "scores": {"test": [{"hf_subset": "a"}]}}', r"'\\x1b\[31mX' is no name"),
        (r'{"task_name": "X", "scores": {"te\nst": [{"hf_subset": "a"}]}}', r"'te\\nst' is no name"),
        (r'{"task_name": "X", "scores": {"test": [{"hf_subset": "\ud800"}]}}', r"'\\ud800' is no name"),
        (r'{"task_name": "X", "scores": {"test": [{"hf_subset": "a", "\u202ea": 1}]}}', "is no name"),
    ],
)
def test_what_is_no_result_is_refused(text: str, message: str) -> None:
    """With what is wrong."""
    with pytest.raises(ValueError, match=message):
        read_task(text)


@pytest.mark.parametrize(
    ("date", "read_as"),
    [
        ("2026-01-01T20:00:00+08:00", "2026-01-01T12:00:00.000000+00:00"),
        ("2026-01-01T12:00:00", "2026-01-01T12:00:00.000000+00:00"),
        ("soon", ""),
        (1e30, ""),
        ("0001-01-01T00:00:00+14:00", ""),
    ],
)
def test_a_date_may_be_text_or_nonsense(date: object, read_as: str) -> None:
    """What is none counts as not told; a time without a zone is that of UTC."""
    assert read(content("X", {"test": [subset(accuracy=1)]}, date=date)).date == read_as


def test_files_beside_results_are_none(tmp_path: Path) -> None:
    """Who the model is, rankings, and what is hidden; a file that is named is taken as it is."""
    found = write(tmp_path / MODEL / REVISION, "X.json", {})
    write(found.parent, "model_meta.json", {})
    write(found.parent, "X_predictions.json", {})
    write(found.parent / ".hidden", "Y.json", {})
    assert result_files(tmp_path) == [found]
    assert result_files(found.with_name("model_meta.json")) == [found.with_name("model_meta.json")]


def test_a_model_is_told_by_its_file_or_its_folders(tmp_path: Path) -> None:
    """model_meta.json first; without a name in it the folders; without both nobody."""
    named = write(tmp_path / "a__b" / "r1", "X.json", {})
    assert model_of(named) == Model("a/b", "r1")
    write(named.parent, "model_meta.json", {"name": None})
    assert model_of(named) == Model("a/b", "r1")
    write(named.parent, "model_meta.json", {"name": "c/d", "revision": "r2"})
    assert model_of(named) == Model("c/d", "r2")
    assert model_of(write(tmp_path / "loose" / "files", "X.json", {})) is None
    named.with_name("model_meta.json").write_text("{", "utf-8")
    with pytest.raises(ValueError, match=r"model_meta\.json beside it is not JSON"):
        model_of(named)


def test_an_experiment_is_part_of_the_model(tmp_path: Path) -> None:
    """mteb keeps results with other options in a folder below, with or without a model_meta.json."""
    file = write(tmp_path / "a__b" / "r1" / "experiments" / "dim_64", "X.json", {})
    assert model_of(file) == Model("a/b", "r1", "dim_64")
    write(file.parent, "model_meta.json", {"name": "a/b", "revision": "r2"})
    assert model_of(file) == Model("a/b", "r2", "dim_64")
