"""Two embedders from the store: whose runs are compared, and what is said where they cannot be."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from harness.embedders.resolve import parse_spec
from harness.errors import NotComparableError, StoreError, UsageError
from harness.model import Finding, Identity
from harness.store import Store
from harness.workflows.compare import CompareRequest, compare_embedders
from harness.workflows.configuration import Configuration
from harness.workflows.metrics import metrics_of
from harness.workflows.run import Request, run
from tests.comparing import of_evidence, run_of, scored
from tests.watching import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.model import Compared, Run

LOW, HIGH = [0.1, 0.2, 0.3, 0.2, 0.1, 0.0, 0.2, 0.3] * 5, [0.8, 0.9, 1.0, 0.7, 0.9, 0.8, 1.0, 0.9] * 5
LATER = "2026-02-03T03:04:05.000006+00:00"


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """A store and a cache of their own; harness.toml knows a name."""
    return Configuration({"mini": "st:mini"}, store=tmp_path / "results.duckdb", cache=tmp_path / "cache")


def made(suite: str, name: str, values: list[float], **changed: Any) -> Run:
    """A run on a suite, of two metrics."""
    given = {"name": name, "suite": suite, "fingerprint": f"data of {suite}", "id": uuid.uuid4().hex}
    return run_of({"ndcg@10": values, "mrr": values}, **(given | changed))


@pytest.fixture
def add(configuration: Configuration) -> Callable[..., Run]:
    """Puts a run on a suite into the store."""

    def add(suite: str, name: str, values: list[float], **changed: Any) -> Run:
        one = made(suite, name, values, **changed)
        Store(configuration.store).add(one)
        return one

    return add


@pytest.fixture
def both(configuration: Configuration) -> None:
    """A low and a high embedder on two suites."""
    levels = (("low:", LOW), ("high:", HIGH))
    Store(configuration.store).add(*(made(suite, *level) for suite in ("my/one", "my/two") for level in levels))


@pytest.fixture
def compared(configuration: Configuration) -> Callable[..., Compared]:
    """Compares low: with high:, or others."""

    def compared(a: str = "low:", b: str = "high:", **asked: Any) -> Compared:
        return compare_embedders(configuration, CompareRequest(a, b, **asked))

    return compared


@pytest.mark.usefixtures("both")
def test_every_suite_of_both_is_compared(compared: Callable[..., Compared]) -> None:
    """All metrics, B against A, corrected over suites."""
    found = compared(items=0)
    assert (found.a, found.b, found.margin, found.notes) == ("low:", "high:", 0.02, ())
    assert [one.suite for one in found.comparisons] == ["my/one", "my/two"]
    first, second = found.comparisons[0].differences
    assert (first.metric, first.word, first.family) == ("ndcg@10", "better", "Holm over 2 suites")
    assert (second.metric, second.word) == ("mrr", "better")
    assert [one.differences[0].word for one in compared("high:", "low:").comparisons] == ["worse"] * 2


@pytest.mark.usefixtures("both")
def test_suites_and_metrics_are_chosen(compared: Callable[..., Compared]) -> None:
    """By name or folder; a metric that nobody has is a mistake."""
    assert [one.suite for one in compared(suites=("my/two",)).comparisons] == ["my/two"]
    assert len(compared(suites=("my",)).comparisons) == 2
    chosen = compared(metrics=("mrr",)).comparisons[0].differences
    assert [(one.metric, one.family) for one in chosen] == [("mrr", "Holm over 2 suites")]
    with pytest.raises(
        UsageError, match=r"no run has the metric 'mr'. Did you mean 'mrr'\? Metrics there: mrr, ndcg@10"
    ):
        compared(metrics=("mr",))


@pytest.mark.usefixtures("both")
def test_the_margin_decides_what_is_equal(compared: Callable[..., Compared], add: Callable[..., Run]) -> None:
    """The same small change is undecided within a small margin, and equal within a large one."""
    add("my/one", "near:", [value + (0.01 if place % 2 else -0.01) for place, value in enumerate(HIGH)])
    words = [
        compared("high:", "near:", suites=("my/one",), margin=margin).comparisons[0].differences[0].word
        for margin in (0.001, 0.02)
    ]
    assert words == ["undecided", "equal"]


@pytest.mark.usefixtures("both")
def test_items_that_moved(compared: Callable[..., Compared], configuration: Configuration) -> None:
    """As many as asked each way; by itself a few, fewer of many suites."""
    assert len(compared().comparisons[0].moved) == 5
    assert len(compared(items=2).comparisons[0].moved) == 2
    assert compared(items=0).comparisons[0].moved == ()
    levels = (("low:", LOW), ("high:", HIGH))
    Store(configuration.store).add(*(made(f"more/{place}", *level) for place in range(3) for level in levels))
    assert {len(one.moved) for one in compared().comparisons} == {1}


@pytest.mark.usefixtures("both")
def test_a_suite_of_one_is_listed(compared: Callable[..., Compared], add: Callable[..., Run]) -> None:
    """With the command that makes the other run."""
    add("en/only", "low:", LOW)
    (alone,) = compared().not_compared
    assert (alone.suite, alone.reason) == ("en/only", "only low: has been run on it: harness run -s en/only -e high:")


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"fingerprint": "imported:elsewhere", "items": ()}, "B is imported"),
        ({"status": "failed", "reason": "no memory", "scores": ()}, "B failed: no memory"),
        ({"status": "not_applicable", "reason": "ranks", "scores": ()}, "B is not applicable: ranks"),
        ({"fingerprint": "newer"}, "the data of en/odd differ: fingerprint data of en/odd for A"),
        ({"scores": (scored("gone_metric"),)}, "there is no 'gone_metric' among the metrics"),
    ],
)
def test_what_cannot_be_compared_has_a_reason(
    compared: Callable[..., Compared], add: Callable[..., Run], changed: dict[str, Any], reason: str
) -> None:
    """Beside the suites that can; alone, it is an error."""
    add("en/odd", "low:", LOW)
    add("en/odd", "high:", HIGH, **changed)
    found = compared()
    assert [one.suite for one in found.comparisons] == ["my/one", "my/two"]
    assert [one.suite for one in found.not_compared] == ["en/odd"]
    assert reason in found.not_compared[0].reason
    with pytest.raises(NotComparableError, match=reason):
        compared(suites=("en/odd",))


@pytest.mark.usefixtures("both")
def test_other_data_of_a_named_suite_are_refused(compared: Callable[..., Compared], add: Callable[..., Run]) -> None:
    """Where it was asked for by name, nothing is compared; where its folder was, the others are."""
    add("my/two", "high:", HIGH[:39], fingerprint="newer", started_at=LATER)
    with pytest.raises(NotComparableError, match=r"1 item is only in A \(q00039\) of 40. Run both again"):
        compared(suites=("my/one", "my/two"))
    assert [one.suite for one in compared(suites=("my",)).comparisons] == ["my/one"]


@pytest.mark.usefixtures("both")
def test_the_newest_run_counts(compared: Callable[..., Compared], add: Callable[..., Run]) -> None:
    """Of two embedders of one name too, which is said."""
    add("my/one", "high:", LOW, started_at=LATER)
    assert compared(suites=("my/one",)).comparisons[0].differences[0].value == 0
    add("my/two", "high:", LOW, started_at=LATER, identity=Identity("high", "other", "2"))
    found = compared(suites=("my/two",))
    assert found.comparisons[0].differences[0].value == 0
    (note,) = found.notes
    assert note.startswith("my/two: high: stands for two embedders in the store: identity ")
    assert "of 2026-02-03), which is compared, and" in note


@pytest.mark.usefixtures("both")
def test_runs_are_named_by_their_ids(compared: Callable[..., Compared], add: Callable[..., Run]) -> None:
    """Whole or from six digits on; against a name, on the suite of the run."""
    old = add("my/one", "high:", LOW, started_at="2025-01-01T00:00:00.000000+00:00", id="abcdef" + "0" * 26)
    found = compared("abcdef", "high:")
    assert (found.a, found.comparisons[0].a.run) == ("high:", old.id)
    assert [one.suite for one in found.comparisons] == ["my/one"]
    assert found.not_compared == ()
    assert compared("high:", old.id).comparisons[0].differences[0].word == "worse"
    add("my/two", "other:", LOW, id="abcdef" + "1" * 26)
    with pytest.raises(UsageError, match="several runs' ids begin with abcdef: abcdef0"):
        compared("abcdef", "high:")
    with pytest.raises(UsageError, match="no run's id begins with 123456"):
        compared("123456", "high:")
    with pytest.raises(NotComparableError, match="only high: has been run on it"):
        compared("abcdef0", "abcdef1")


@pytest.mark.usefixtures("both")
def test_names_of_harness_toml_are_known(compared: Callable[..., Compared], add: Callable[..., Run]) -> None:
    """A name finds runs made by its spec, and a spec those made by its name."""
    add("my/one", "st:mini", HIGH)
    assert compared("low:", "mini").comparisons[0].b.label == "st:mini"
    add("my/two", "mini", HIGH)
    assert compared("low:", "mini").comparisons[0].suite == "my/two"


@pytest.mark.usefixtures("both")
def test_an_unknown_name_is_helped(compared: Callable[..., Compared], add: Callable[..., Run]) -> None:
    """With the nearest, what is there, and what makes a run; of one that ran elsewhere, where."""
    with pytest.raises(
        UsageError, match=r"no run of 'lo:' .* Did you mean 'low:'\? Embedders there: high:, low:. Make"
    ):
        compared("lo:")
    add("en/other", "new:", LOW)
    with pytest.raises(
        UsageError, match=r"new: has not been run on my/one, but on en/other\. Run it there: harness run -s"
    ):
        compared("new:", suites=("my/one",))


def test_an_empty_store_says_so(compared: Callable[..., Compared], configuration: Configuration) -> None:
    """No store, and a store without runs."""
    with pytest.raises(StoreError, match="there are no results at"):
        compared()
    Store(configuration.store).prepare()
    with pytest.raises(UsageError, match="Embedders there: none"):
        compared()


@pytest.mark.usefixtures("both")
def test_an_embedder_is_identical_with_itself(compared: Callable[..., Compared]) -> None:
    """The same run on both sides: no difference anywhere, and equal."""
    found = compared("low:", "low:")
    assert {(one.value, one.word) for each in found.comparisons for one in each.differences} == {(0.0, "equal")}
    assert all(one.moved == () for one in found.comparisons)


def test_items_have_texts(configuration: Configuration, compared: Callable[..., Compared], toy_suite: Path) -> None:
    """Of a suite on disk, wherever it lies: what items say, and the documents that each put first."""
    specs = {name: parse_spec(name) for name in ("baseline:onehot", "bm25:")}
    run(Request([str(toy_suite)], specs, configuration.store, configuration.cache), Watcher())
    (one,) = compared("bm25:", "baseline:onehot", suites=(str(toy_suite),)).comparisons
    assert (one.differences[0].items, one.differences[0].p) == (3, None)
    texts = {moved.id: (moved.text, moved.answer_a, moved.answer_b) for moved in one.moved}
    assert texts["q1"] == ("cheap flights", "flights of stairs", "flights of stairs")
    assert texts["q2"] == ("红烧肉怎么做", "", "五花肉切块，加糖和酱油慢炖")
    (named,) = compared("bm25:", "baseline:onehot").comparisons
    assert named.moved == one.moved
    toy_suite.rename(toy_suite.with_name("gone"))
    found = compared("bm25:", "baseline:onehot")
    assert [moved.text for moved in found.comparisons[0].moved] == [""] * len(texts)
    (note,) = found.notes
    assert note.startswith(f"toy: items are shown by their ids, as the data are not in {toy_suite} any more. Name the")


@pytest.mark.usefixtures("both")
def test_suites_that_nobody_can_find_share_a_note(compared: Callable[..., Compared]) -> None:
    """Runs of before folders were recorded: the ids are shown, with why and what to type."""
    (note,) = compared().notes
    assert note == (
        "my/one, my/two: items are shown by their ids, as the store does not say where the data were found. "
        "Name the folder my that has the data of these results: -s PATH"
    )


def test_warnings_of_runs_are_notes(compared: Callable[..., Compared], add: Callable[..., Run]) -> None:
    """What misleads a reader of the table misleads one of a comparison; other findings do not."""
    unread = Finding("duplicate_vectors", 0.5, "cannot read it", warning=True)
    add("my/one", "low:", LOW, findings=(unread, Finding("mean_cosine", 0.1, "fine")))
    add("my/one", "high:", HIGH)
    assert compared(items=0).notes == ("my/one: low:: cannot read it",)


def test_tasks_of_mteb_need_no_word_about_a_table(compared: Callable[..., Compared], add: Callable[..., Run]) -> None:
    """Who was trained on one is told of it; what the footnotes of a table do not mean is not, for there are none."""
    known = Finding("trained_on", 1.0, "trained on it", warning=True)
    add("mteb:Facts", "low:", LOW, findings=(known,))
    add("mteb:Facts", "high:", HIGH)
    assert compared(items=0).notes == ("mteb:Facts: low:: trained on it",)


def test_no_mean_is_compared_from_the_store(configuration: Configuration, compared: Callable[..., Compared]) -> None:
    """Evidence goes in and comes out; items moved by what they add to the score."""
    gold = [float(place) for place in range(40)]
    for place, name in enumerate(("low:", "high:")):
        predicted = [value * (-1) ** (round(value) % (3 - place)) for value in gold]
        one = of_evidence("spearman", {"gold": gold, "predicted": predicted}, name=name, id=f"{place:032x}")
        Store(configuration.store).add(replace(one, kind="similarity"))
    (one,) = compared().comparisons
    assert one.differences[0].test == "bootstrap"
    assert {moved.metric for moved in one.moved} == {"spearman"}


def test_metrics_of_runs_are_their_metrics() -> None:
    """Each once, in the order of the first run."""
    a, b = run_of({"ndcg@10": LOW, "mrr": LOW}), run_of({"mrr": LOW, "recall@1": LOW})
    assert [metric.name for metric in metrics_of(a, b)] == ["ndcg@10", "mrr", "recall@1"]
    with pytest.raises(UsageError, match="no 'nonsense' among the metrics"):
        metrics_of(run_of({"nonsense": LOW}))


@pytest.mark.usefixtures("both")
def test_a_run_that_failed_before_it_had_a_metric_is_refused_with_its_reason(
    compared: Callable[..., Compared], configuration: Configuration
) -> None:
    """Its suite could not be loaded: the headline has no name."""
    whole = made("my/two", "high:", HIGH, started_at=LATER)
    nameless = replace(whole.scores[0], metric="", value=None, status="failed", reason="absent query")
    Store(configuration.store).add(
        replace(whole, status="failed", reason="absent query", fingerprint="", scores=(nameless,), items=())
    )
    found = compared()
    assert [(one.suite, one.reason) for one in found.not_compared] == [("my/two", "B failed: absent query")]
    assert [one.suite for one in found.comparisons] == ["my/one"]
