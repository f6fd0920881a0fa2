"""Faults that comparable tools have had, each as a run that would show it here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZE = 60
"""Documents, each the answer to one query."""


@pytest.fixture
def rows(harness: Callable[..., Any], store: Path) -> Callable[..., dict[tuple[str, str, str], dict[str, Any]]]:
    """Runs embedders on suites: (suite, embedder, metric) → its row."""

    def run(suites: list[Path | str], embedders: list[str]) -> dict[tuple[str, str, str], dict[str, Any]]:
        chosen = [part for suite in suites for part in ("-s", suite)]
        chosen += [part for embedder in embedders for part in ("-e", embedder)]
        result = harness("run", *chosen, "--store", store, "--format", "json")
        return {(row["suite"], row["embedder"], row["metric"]): row for row in json.loads(result.stdout)}

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a suite: its name, kind, metrics and tables (name → lines)."""

    def write(name: str, kind: str, metrics: str, **tables: list[str]) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        files = ", ".join(f"{table}: {table}.tsv" for table in tables)
        about = f"title: T\nlicence: CC0-1.0\ntask: {kind}\ntables: {{{files}}}\nmetrics: [{metrics}]\n"
        (folder / "suite.yaml").write_text(about, "utf-8")
        for table, lines in tables.items():
            (folder / f"{table}.tsv").write_text("\n".join(lines) + "\n", "utf-8")
        return folder

    return write


@pytest.fixture
def ring(write: Callable[..., Path]) -> Path:
    """Retrieval in which query i is answered by document i, and by no other, of 60."""
    return write(
        "ring",
        "retrieval",
        "mrr, ndcg@10, hit@1, recall@10",
        queries=["_id\ttext", *(f"q{i:02}\tquestion {i}" for i in range(SIZE))],
        corpus=["_id\ttext", *(f"d{i:02}\tanswer {i}" for i in range(SIZE))],
        qrels=["query-id\tcorpus-id\tscore", *(f"q{i:02}\td{i:02}\t1" for i in range(SIZE))],
    )


def test_a_constant_embedder_gets_chance_in_retrieval(rows: Callable[..., Any], plugin: Any, ring: Path) -> None:
    """All documents tie, so that each stands once at each rank: mrr is H(60)/60, recall@10 is 10/60, not 1.0."""
    del plugin
    found = rows([ring], ["odd:constant"])
    rank = np.arange(1, SIZE + 1)
    expected = {
        "mrr": (1 / rank).mean(),
        "ndcg@10": (1 / np.log2(rank[:10] + 1)).sum() / SIZE,
        "hit@1": 1 / SIZE,
        "recall@10": 10 / SIZE,
    }
    for metric, value in expected.items():
        row = found["ring", "odd:constant", metric]
        assert row["value"] == pytest.approx(value)
        assert row["floor"] == pytest.approx(value)


def test_a_constant_embedder_gets_chance_or_nothing_elsewhere(
    rows: Callable[..., Any], plugin: Any, write: Callable[..., Path]
) -> None:
    """AUC ½, AP the share of matches, no correlation, and no triplet right: ties never count as found."""
    del plugin
    half = ["sentence1\tsentence2\tlabel", *(f"a{i}\tb{i}\t{int(i % 4 == 0)}" for i in range(20))]
    graded = ["sentence1\tsentence2\tscore", *(f"a{i}\tb{i}\t{i % 5}" for i in range(20))]
    three = ["anchor\tpositive\tnegative", *(f"a{i}\tb{i}\tc{i}" for i in range(20))]
    suites = [
        write("pairs", "pairs", "ap, auc", pairs=half),
        write("graded", "similarity", "spearman, pearson", pairs=graded),
        write("three", "triplets", "triplet_accuracy", triplets=three),
    ]
    found = {(suite, metric): row for (suite, _, metric), row in rows(suites, ["odd:constant"]).items()}
    values = {key: row["value"] for key, row in found.items()}
    assert values == {
        ("pairs", "ap"): pytest.approx(0.25),
        ("pairs", "auc"): 0.5,
        ("graded", "spearman"): None,
        ("graded", "pearson"): None,
        ("three", "triplet_accuracy"): 0.0,
    }
    assert found["graded", "spearman"]["status"] == "not_applicable"
    assert found["graded", "spearman"]["reason"]


def test_two_models_on_one_cache_have_vectors_of_their_own(
    rows: Callable[..., Any], plugin: Any, toy_suite: Path
) -> None:
    """The second embeds everything itself, although the first has the same texts in the cache."""
    rows([toy_suite], ["odd:sane"])
    rows([toy_suite], ["odd:mirrored"])
    assert {name for name, _, _ in plugin.calls()} == {"sane", "mirrored"}
    assert len(plugin.embedded()) == 2 * 8


def test_queries_are_embedded_as_queries(
    rows: Callable[..., Any], plugin: Any, write: Callable[..., Path], toy_suite: Path, pairs_suite: Path
) -> None:
    """And documents as documents; what is neither, as either; a text that is both is embedded as both."""
    steps = write("steps", "process", "mrr@10", edges=["process\tsource\ttarget", "p\t申请\t审批", "p\t审批\t合同"])
    asked = {}
    for suite in (toy_suite, pairs_suite, steps):
        before = len(plugin.calls())
        rows([suite], ["odd:sane"])
        asked[suite.name] = {(role, text) for _, role, texts in plugin.calls()[before:] for text in texts}
    assert {text for role, text in asked["toy"] if role == "query"} == {
        "cheap flights",
        "红烧肉怎么做",
        "reset a password",
    }
    assert {role for role, text in asked["toy"] if text == "flights of stairs"} == {"document"}
    assert {role for role, _ in asked["pairs"]} == {"either"}
    assert asked["steps"] == {(role, text) for role in ("query", "document") for text in ("申请", "审批", "合同")}


def test_what_never_ran_is_no_zero(
    rows: Callable[..., Any], plugin: Any, harness: Callable[..., Any], toy_suite: Path, pairs_suite: Path, store: Path
) -> None:
    """A failed embedder and one that does not apply have no number anywhere, but a word with a reason."""
    del plugin
    found = rows([toy_suite, pairs_suite], ["odd:nan", "bm25:"])
    for key in (("toy", "odd:nan", "ndcg@10"), ("pairs", "bm25:", "spearman")):
        row = found[key]
        assert [row[name] for name in ("value", "low", "high")] == [None] * 3
        assert row["status"] in {"failed", "not_applicable"}
        assert row["reason"]
    assert "| odd:nan | failed \\[" in harness("table", "--store", store, "--format", "markdown").stdout
    items = "select count(*) from item join run on run.id = item.run where embedder = 'odd:nan'"
    assert harness("sql", items, "--store", store, "--format", "csv").stdout.endswith("\n0\n")


def test_a_missing_answer_counts_0_and_is_reported(
    rows: Callable[..., Any], harness: Callable[..., Any], toy_suite: Path, store: Path
) -> None:
    """BM25 finds nothing for two of three queries: they stay in the mean, and a finding says how many."""
    row = rows([toy_suite], ["bm25:"])["toy", "bm25:", "ndcg@10"]
    assert (row["value"], row["items"]) == (0.0, 3)
    query = "select name, value from finding"
    assert harness("sql", query, "--store", store, "--format", "csv").stdout == "name,value\nunanswered_queries,2.0\n"


def test_the_convention_is_stored_with_the_score(
    rows: Callable[..., Any], harness: Callable[..., Any], ring: Path, store: Path
) -> None:
    """The gain and the tie rule, without which two tools mean different numbers by one name."""
    rows([ring], ["baseline:random"])
    query = "select metric, convention from score"
    stored = {
        row["metric"]: row["convention"]
        for row in json.loads(harness("sql", query, "--store", store, "--format", "json").stdout)
    }
    assert "gain=linear" in stored["ndcg@10"]
    assert all("ties=" in convention for convention in stored.values())


def test_another_model_changes_nobodys_numbers(
    rows: Callable[..., Any], plugin: Any, ring: Path, pairs_suite: Path
) -> None:
    """Scores and intervals are absolute: with a bad model beside them, they and who is best stay the same."""
    del plugin
    good = ["baseline:hashing", "baseline:onehot"]

    def numbers(found: dict[Any, dict[str, Any]]) -> dict[Any, list[Any]]:
        names = ("value", "low", "high", "floor", "items")
        return {key: [row[name] for name in names] for key, row in found.items() if key[1] in good}

    assert numbers(rows([ring, pairs_suite], good)) == numbers(rows([pairs_suite, ring], ["odd:constant", *good[::-1]]))


NULL_BAND = [f"{language}/{topic}" for language in ("zh", "en") for topic in ("lexical-gap", "process", "similarity")]
"""Suites through the whole command; tests/contract/test_floors.py asks every other for the same."""


def test_a_random_embedder_lies_in_the_null_band(rows: Callable[..., Any], plugin: Any) -> None:
    """In every metric the mean of ten random embedders is as near to the floor as chance allows.

    That is 4 standard errors, and one item in n: a metric of few hits may not vary among ten embedders at all. The
    baseline that everybody sees is within 4 standard deviations.
    """
    del plugin
    embedders = ["baseline:random", *(f"odd:random-{number}" for number in range(10))]
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for (suite, _, metric), row in rows(NULL_BAND, embedders).items():
        if row["value"] is not None:
            found.setdefault((suite, metric), []).append(row)
    assert len(found) >= 20
    far = {}
    for key, (baseline, *of_ten) in found.items():
        floor, grain = baseline["floor"], 1 / baseline["items"]
        values = np.array([row["value"] for row in of_ten])
        spread = values.std(ddof=1)
        if abs(values.mean() - floor) > 4 * spread / np.sqrt(len(values)) + grain:
            far[key] = (values.mean(), floor, spread)
        if abs(baseline["value"] - floor) > 4 * spread + grain:
            far[*key, "baseline"] = (baseline["value"], floor, spread)
    assert far == {}
