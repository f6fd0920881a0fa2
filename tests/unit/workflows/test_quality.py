"""Checking suites: faults, notes from the tables, and what shortcuts score."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.errors import UsageError
from harness.workflows import quality
from harness.workflows.quality import COLUMNS, examine, rows
from tests.mteb_registry import foreign, install

if TYPE_CHECKING:
    from pathlib import Path

    from harness.diagnostics.notes import Note
    from harness.workflows.quality import Examined


def looked_at(name: str | Path) -> Examined:
    """One suite, examined."""
    (found,) = examine([str(name)])
    return found


def by_check(found: Examined) -> dict[str, Note]:
    """Its notes by check, the first of each."""
    return {note.check: note for note in reversed(found.notes)}


def test_each_suite_is_checked(toy_suite: Path) -> None:
    """A good one is read, a faulty one says all that is wrong, and neither hides the other."""
    (toy_suite / "qrels.tsv").write_text("query-id\tcorpus-id\n", "utf-8")
    found = {one.name: one for one in examine(["zh/process", str(toy_suite)])}
    assert found["zh/process"].suite is not None
    assert str(found["toy"].faults).startswith("suite toy has ")
    assert found["toy"].notes == ()


def test_a_suite_that_other_software_judges_has_nothing_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read, and who judges it is said."""
    install(monkeypatch)
    monkeypatch.setattr(quality, "open_suite", lambda _: foreign())
    found = looked_at("mteb:Sums")
    assert (found.suite, found.notes, found.faults) == (foreign(), (), None)
    (row,) = rows([found])
    said = dict(zip(COLUMNS, row, strict=True))
    assert (said["severity"], said["value"]) == ("ok", None)
    assert said["note"] == "mteb:Summarization, judged by mteb 9.9.9: no items to look at"


def test_labels_of_mtebs_are_not_stamped(monkeypatch: pytest.MonkeyPatch, toy_suite: Path) -> None:
    """Nothing is written into the cache, nor into the suites that are named beside it."""
    install(monkeypatch)
    before = (toy_suite / "qrels.tsv").read_bytes()
    with pytest.raises(UsageError, match="mteb:Wen: --stamp writes nothing into the cache"):
        list(examine([str(toy_suite), "mteb:Wen"], stamped=True))
    assert (toy_suite / "qrels.tsv").read_bytes() == before


def test_a_retrieval_suite_that_spelling_solves(tmp_path: Path) -> None:
    """Queries that are their documents but for the order of words: both shortcuts are warned of, length is not."""
    words = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"
    names = ["".join(two) for two in pairwise(words)]
    lines = [f"{name}公司第{n}份年度报告" for n, name in enumerate(names)]
    (tmp_path / "suite.yaml").write_text(
        "title: t\ntask: retrieval\ntables: {queries: q.tsv, corpus: c.tsv, qrels: r.tsv}\nmetrics: [ndcg@10]\n"
    )
    (tmp_path / "q.tsv").write_text(
        "_id\ttext\n" + "".join(f"q{n}\t{line}？\n" for n, line in enumerate(lines)), "utf-8"
    )
    (tmp_path / "c.tsv").write_text("_id\ttext\n" + "".join(f"d{n}\t{line}\n" for n, line in enumerate(lines)), "utf-8")
    (tmp_path / "r.tsv").write_text("query-id\tcorpus-id\n" + "".join(f"q{n}\td{n}\n" for n in range(len(lines))))
    found = by_check(looked_at(tmp_path))
    assert found["shortcut-hashing"].severity == found["shortcut-bm25"].severity == "warning"
    assert found["shortcut-position"].severity == "warning"
    assert found["shortcut-position"].value == 1.0
    assert found["shortcut-length"].severity == "info"


@pytest.mark.parametrize(
    ("name", "checks"),
    [
        ("zh/lexical-gap", {"shortcut-hashing", "shortcut-bm25", "shortcut-length", "shortcut-position"}),
        ("zh/similarity", {"shortcut-hashing", "shortcut-onehot", "shortcut-length"}),
        ("zh/process", {"shortcut-hashing", "shortcut-onehot", "shortcut-length", "few-groups"}),
    ],
)
def test_built_in_suites_have_no_warnings(name: str, checks: set[str]) -> None:
    """What each kind can be guessed by is measured, and does not get half-way."""
    found = looked_at(name)
    assert found.warnings == 0
    assert by_check(found).keys() >= {*checks, "smallest-difference"}


def test_a_process_suite_is_measured_by_its_edges_too() -> None:
    """How well spelling tells edges, beside the headline."""
    texts = [note.text for note in looked_at("zh/process").notes if note.check == "shortcut-hashing"]
    assert [text.partition(" ")[0] for text in texts] == ["mrr@10", "adjacency_auc"]


def test_the_smallest_difference(toy_suite: Path) -> None:
    """Of 259 items with a standard deviation of 0.3: 2.81 · 0.3 / √259; of three items nothing can be shown."""
    note = by_check(looked_at("zh/lexical-gap"))["smallest-difference"]
    assert note.value == pytest.approx(2.81 * 0.3 / np.sqrt(259), rel=0.01)
    few = by_check(looked_at(toy_suite))["smallest-difference"]
    assert (few.value, few.severity) == (None, "warning")


def test_the_smallest_difference_of_pictures() -> None:
    """No shortcut reads them, and yet their items are counted: 94 queries."""
    found = by_check(looked_at("pictures/en"))
    assert found["smallest-difference"].value == pytest.approx(2.81 * 0.3 / np.sqrt(94), rel=0.02)
    assert "94 items show differences in ndcg@10" in found["smallest-difference"].text


def test_rows_have_one_form(toy_suite: Path) -> None:
    """A row for the suite, one for each note or each fault, all as wide as the header."""
    good = rows([looked_at(toy_suite)])
    (toy_suite / "qrels.tsv").write_text("query-id\tcorpus-id\nq1\tnone\n", "utf-8")
    bad = rows([looked_at(toy_suite)])
    assert {len(row) for row in good + bad} == {len(COLUMNS)}
    assert good[0][:3] == ["toy", "read", "ok"]
    assert bad[0][:5] == ["toy", "read", "fault", None, "qrels.tsv:2 [corpus-id]"]


def test_stamping(toy_suite: Path) -> None:
    """The hashes are written after the suite was looked at; built-in suites are refused."""
    (found,) = examine([str(toy_suite)], stamped=True)
    assert found.notes[-1].check == "stamp"
    assert (toy_suite / "qrels.tsv").read_text().startswith("query-id\tcorpus-id\tscore\thash\n")
    (toy_suite / "corpus.jsonl").write_text((toy_suite / "corpus.jsonl").read_text("utf-8").replace("low-cost", "dear"))
    assert by_check(looked_at(toy_suite))["stale-labels"].examples == ("qrels.tsv:2: q1 → d1",)
    (again,) = examine([str(toy_suite)], stamped=True)
    assert again.notes[-1].examples == ("qrels.tsv:2: q1 → d1",)
    assert "stale-labels" not in by_check(looked_at(toy_suite))
    with pytest.raises(UsageError, match="is built in"):
        list(examine([str(toy_suite), "zh/process"], stamped=True))
