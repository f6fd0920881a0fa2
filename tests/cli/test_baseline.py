"""harness baseline: results kept in a repository."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNFIT = "bm25: ranks documents and has no vectors; a similarity suite needs vectors"


@pytest.fixture
def ran(
    harness: Callable[..., Any], toy_suite: Path, pairs_suite: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Two embedders on two suites, one of which does not suit bm25; then `harness baseline` on that store.

    All on one day, also where midnight lies between.
    """
    monkeypatch.setattr("harness.workflows.baselines.today", lambda: date(2026, 11, 3))
    suites = ("-s", toy_suite, "-s", pairs_suite)
    assert harness("run", *suites, "-e", "baseline:hashing", "-e", "bm25:", "--store", store).code == 0
    return lambda *arguments: harness("baseline", *arguments, "--store", store)


def test_save_says_what_is_where(ran: Callable[..., Any], store: Path) -> None:
    """And what is not, with the reason; the same again changes nothing."""
    code, out, err = ran("save", "main")
    files = [store.parent / "baselines" / name for name in ("main.jsonl", "main.items.tsv")]
    assert (code, out) == (0, "")
    assert err.splitlines() == [
        f"left out: bm25: · pairs: not applicable: {UNFIT}",
        "baseline main saved: 2 embedder(s), 2 suite(s), 7 items",
        *(f"  {file}" for file in files),
    ]
    before = [file.read_bytes() for file in files]
    assert "baseline main unchanged since 2026-11-03" in ran("save", "main").stderr
    assert [file.read_bytes() for file in files] == before


def test_running_again_changes_no_byte(
    ran: Callable[..., Any], harness: Callable[..., Any], toy_suite: Path, store: Path
) -> None:
    """The same embedders give the same numbers: a new run is the same baseline."""
    ran("save", "main")
    files = sorted((store.parent / "baselines").iterdir())
    before = [file.read_bytes() for file in files]
    assert harness("run", "-s", toy_suite, "-e", "baseline:hashing", "--store", store).code == 0
    assert "unchanged" in ran("save", "main").stderr
    assert [file.read_bytes() for file in files] == before


def test_list(ran: Callable[..., Any], store: Path) -> None:
    """Nothing at first; then each with what it holds; a damaged one is an error and hides no other."""
    code, _, err = ran("list")
    assert (code, "there is no baseline in" in err) == (0, True)
    ran("save", "main")
    ran("save", "2026-q3", "--anchor", "-e", "bm25:")
    code, out, _ = ran("list", "--format", "json")
    assert code == 0
    assert [(row["baseline"], row["anchor"], row["embedders"], row["age_days"]) for row in json.loads(out)] == [
        ("2026-q3", True, 1, 0),
        ("main", False, 2, 0),
    ]
    (store.parent / "baselines" / "main.items.tsv").unlink()
    code, out, err = ran("list", "--format", "csv")
    assert (code, [row["baseline"] for row in csv.DictReader(io.StringIO(out))]) == (3, ["2026-q3"])
    assert "main.items.tsv: the file with its items is not there" in err


def test_show(ran: Callable[..., Any]) -> None:
    """The table, the data, the versions; json has everything, csv the scores."""
    ran("save", "main")
    out = ran("show", "main").stdout
    for said in ("toy", "pairs", "0 day(s) ago", "python 3", "baseline:hashing"):
        assert said in out
    document = json.loads(ran("show", "main", "--format", "json").stdout)
    assert (document["baseline"], document["age_days"], document["blessed"]) == ("main", 0, [])
    assert {row["suite"]: len(row["fingerprint"]) for row in document["scores"]} == {"toy": 32, "pairs": 32}
    rows = list(csv.DictReader(io.StringIO(ran("show", "main", "--format", "csv").stdout)))
    assert len(rows) == len(document["scores"])
    assert "| what | of | value |" in ran("show", "main", "--format", "markdown").stdout


def test_bless(ran: Callable[..., Any], harness: Callable[..., Any], toy_suite: Path, store: Path) -> None:
    """A new embedder joins with its reason; an anchor does not move."""
    ran("save", "main", "-e", "bm25:")
    assert harness("run", "-s", toy_suite, "-e", "baseline:random", "--store", store).code == 0
    code, out, err = ran("bless", "main", "--reason", "第二个", "-e", "baseline:random", "--format", "json")
    assert (code, [row["what"] for row in json.loads(out)]) == (0, ["new", "same scores"])
    assert "baseline main saved: 2 embedder(s)" in err
    document = json.loads(ran("show", "main", "--format", "json").stdout)
    assert [one["reason"] for one in document["blessed"]] == ["第二个"]
    assert "nothing was blessed" in ran("bless", "main", "--reason", "again").stderr
    ran("save", "2026-q3", "--anchor")
    code, _, err = ran("bless", "2026-q3", "--reason", "x")
    assert (code, "an anchor, which does not move" in err) == (3, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("save", "../main"), "a baseline cannot be called '../main'"),
        (("save", "main", "-e", "nobody"), "holds nothing for nobody"),
        (("show", "main"), "there is no baseline 'main'"),
        (("bless", "main", "--reason", "x"), "there is no baseline 'main'"),
        (("bless", "main"), "Missing option '--reason'"),
    ],
)
def test_what_cannot_be_done(ran: Callable[..., Any], arguments: tuple[str, ...], said: str) -> None:
    """It is said, with the exit code of a usage error."""
    code, _, err = ran(*arguments)
    assert (code, said in err) == (3, True), err


def test_a_bare_anchor_is_advised(ran: Callable[..., Any]) -> None:
    """An anchor without a date in its name is saved, with a better name."""
    assert "note: an anchor is dated" in ran("save", "release", "--anchor").stderr
    assert "note:" not in ran("save", "2026-q3", "--anchor").stderr


def test_an_edited_baseline_is_refused(ran: Callable[..., Any], store: Path) -> None:
    """With file and advice; the advice works."""
    ran("save", "main")
    file = store.parent / "baselines" / "main.jsonl"
    file.write_text(file.read_text("utf-8").replace('"value": 0.', '"value": 1.', 1), encoding="utf-8")
    code, _, err = ran("show", "main")
    assert (code, f"{file}: it is not as it was written" in err) == (3, True)
    assert ran("save", "main").code == 3
    assert ran("save", "main", "--force").code == 0
    assert ran("show", "main").code == 0
