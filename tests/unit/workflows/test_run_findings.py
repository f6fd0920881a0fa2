"""What runs keep when something goes wrong in one of them, and whose findings are whose."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from harness.embedders.baseline import Baseline
from harness.embedders.resolve import parse_spec
from harness.errors import EmbedderError
from harness.evaluate import evaluate
from harness.model import Finding
from harness.store import Store
from harness.workflows.run import Request, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from harness.evaluate import Outcome
    from harness.model import Run, Suite


class Unwatched:
    """Needs to be told nothing."""

    def began(self, embedder: str, suite: str, texts: int) -> None:
        """Of a suite."""

    def embedded(self, texts: int) -> None:
        """Of some texts."""

    def ended(self, run: Run) -> None:
        """Of a run."""

    def told(self, text: str) -> None:
        """Of what takes its time."""


@pytest.fixture
def asking(toy_suite: Path, tmp_path: Path) -> Callable[..., Request]:
    """Makes a request for toy and for another suite with the same texts, `2` behind each query."""
    other = tmp_path / "toy2"
    shutil.copytree(toy_suite, other)
    queries = (other / "queries.jsonl").read_text("utf-8")
    (other / "queries.jsonl").write_text(queries.replace('"}', ' 2"}'), "utf-8")

    def asking(*specs: str) -> Request:
        embedders = {spec: parse_spec(spec) for spec in specs}
        return Request([str(toy_suite), str(other)], embedders, tmp_path / "results.duckdb", tmp_path / "vectors")

    return asking


@pytest.fixture
def noticing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets every baseline notice how many texts it has seen, and how many of them are queries of toy2."""

    def findings(_: Baseline, texts: Sequence[str]) -> Sequence[Finding]:
        return (Finding("seen", float(len(texts)), f"{sum(text.endswith(' 2') for text in texts)} of toy2"),)

    monkeypatch.setattr(Baseline, "findings", findings, raising=False)


def seen(made: Run) -> list[tuple[float | None, str, str]]:
    """Value, note and subject of each finding `seen`."""
    return [(one.value, one.note, one.subject) for one in made.findings if one.name == "seen"]


def test_a_bug_in_judging_loses_nothing_that_was_computed(
    asking: Callable[..., Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows as what it is, and the runs before it are in the store."""

    def broken(suite: Suite, embedder: Any) -> Outcome:
        if suite.name == "toy2" and embedder.identity.backend == "bm25":
            raise ZeroDivisionError("a metric of a plug-in")
        return evaluate(suite, embedder)

    monkeypatch.setattr("harness.workflows.run.evaluate", broken)
    asked = asking("baseline:hashing", "bm25:", "baseline:onehot")
    with pytest.raises(ZeroDivisionError, match="a metric of a plug-in"):
        run(asked, Unwatched())
    recorded = {(row.embedder, row.suite) for row in Store(asked.store).rows().rows}
    assert recorded == {("baseline:hashing", "toy"), ("baseline:hashing", "toy2"), ("bm25:", "toy")}


@pytest.mark.usefixtures("noticing")
def test_texts_of_a_failed_suite_are_in_no_later_findings(
    asking: Callable[..., Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Toy fails once its texts are embedded; of toy2 there are 8 texts, 3 of them its queries."""

    def broken(suite: Suite, embedder: Any) -> Outcome:
        outcome = evaluate(suite, embedder)
        if suite.name == "toy":
            raise EmbedderError("out of memory")
        return outcome

    monkeypatch.setattr("harness.workflows.run.evaluate", broken)
    first, second = run(asking("baseline:hashing"), Unwatched())
    assert (first.status, seen(first)) == ("failed", [])
    assert seen(second) == [(8.0, "3 of toy2", "")]


@pytest.mark.usefixtures("noticing")
def test_findings_that_fail_half_way_leave_nothing_behind(
    asking: Callable[..., Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of two members fails to say what it noticed about toy; the second says nothing of toy with toy2."""
    notice = Baseline.findings  # type: ignore[attr-defined]  # of the fixture

    def broken(self: Baseline, texts: Sequence[str]) -> Sequence[Finding]:
        if self.identity.name == "hashing" and not any(text.endswith(" 2") for text in texts):
            raise KeyError("words")
        found: Sequence[Finding] = notice(self, texts)
        return found

    monkeypatch.setattr(Baseline, "findings", broken)
    first, second = run(asking("hybrid:rrf(baseline:hashing,baseline:onehot)"), Unwatched())
    assert (first.status, seen(first)) == ("failed", [])
    assert [value for value, _, _ in seen(second)] == [8.0, 8.0]


@pytest.mark.usefixtures("noticing")
def test_members_are_told_apart(asking: Callable[..., Request]) -> None:
    """By note, which is what a table shows, and by subject; one model used in two ways says a thing once."""
    first, _ = run(asking("hybrid:rrf(baseline:hashing,baseline:onehot)"), Unwatched())
    assert seen(first) == [
        (8.0, "baseline:hashing: 0 of toy2", "baseline:hashing"),
        (8.0, "baseline:onehot: 0 of toy2", "baseline:onehot"),
    ]
    once, _ = run(asking("hybrid:rrf(baseline:hashing,baseline:hashing?precision=int8)"), Unwatched())
    assert [value for value, _, _ in seen(once)] == [8.0]


@pytest.mark.usefixtures("noticing")
def test_one_model_that_reads_in_two_ways_goes_by_two_names(asking: Callable[..., Request]) -> None:
    """What is said of whole texts and of segments is no contradiction under one name."""
    plain = "baseline:hashing"
    cut, parted = f"{plain}?segment=2", f"{plain}?long=mean&segment=2"
    first, _ = run(asking(f"hybrid:rrf({plain},{cut},{parted})"), Unwatched())
    subjects = [subject for _, _, subject in seen(first)]
    assert subjects == [
        plain,
        f"{plain}?long=truncate&segment=2&tokens=estimated",
        f"{plain}?long=mean&segment=2&tokens=estimated",
    ]
    named = [(one.name, one.subject) for one in first.findings]
    assert len(named) == len(set(named))


@pytest.mark.usefixtures("noticing")
def test_a_suite_that_does_not_apply_asks_nothing_of_a_model(
    asking: Callable[..., Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is neither loaded nor tried, and has no findings."""

    def refuse(*_: object) -> Any:
        raise AssertionError("embedded")

    monkeypatch.setattr(Baseline, "embed", refuse)
    asked = replace(asking("baseline:hashing?long=max&segment=2", "baseline:hashing"), suites=("pictures/en",))
    for made in run(asked, Unwatched()):
        assert (made.status, made.findings) == ("not_applicable", ())
    ranks = replace(asking("baseline:hashing?long=max&segment=2"), suites=("zh/similarity",))
    (made,) = run(ranks, Unwatched())
    assert (made.status, made.findings) == ("not_applicable", ())
