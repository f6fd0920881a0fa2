"""Every type of mteb's text tasks scores here as in mteb, or the test says in what the two differ and why.

Small local data under the names of real tasks go through the whole pipeline (`mteb:TASK?data=FOLDER`), and through
`mteb.evaluate`, which gets the same deterministic embedder behind its EncoderProtocol. What the harness has mteb judge,
asked to or because no kind here fits, equals `mteb.evaluate` of a fresh task to the bit.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

from harness import plugins
from harness.catalogue.mteb.sources import load_task
from harness.evaluate import evaluate
from harness.interop.mteb import metric_names
from harness.interop.mteb.encoders import encoder
from harness.model import ForeignSuite, Suite
from harness.workflows.shelf import find_places, load_suite
from tests.mteb_tasks import ONLY_MTEB, RANKED, TASKS, WordSums, scored_by_mteb, selected, write_task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from harness.catalogue.mteb.place import MtebPlace
    from harness.evaluate import Outcome

pytestmark = pytest.mark.real("mteb")

PER_QUERY = {"ndcg": "ndcg_cut_{}", "map": "map_cut_{}", "recall": "recall_{}", "precision": "P_{}"}
"""Our metrics that mteb has query by query, not rounded, under the names of trec_eval."""
CUTOFFS = (1, 3, 5, 10, 20, 100, 1000)
RANKINGS = [f"{name}@{cutoff}" for name in (*PER_QUERY, "hit", "mrr") for cutoff in CUTOFFS]
ROUNDED = 6e-6
"""mteb rounds the means of all measures of rankings but MRR to five digits."""

SAMPLED = "mteb learns from a few rows of each class, ten times; here the probe learns from all rows there are"
DRAWN = "mteb clusters rows drawn with replacement, and a row drawn twice agrees with itself; here all rows, once each"
DIFFERENT = {
    ("classification", "accuracy"): SAMPLED,
    ("classification", "macro_f1"): SAMPLED,
    ("clustering", "v_measure"): DRAWN,
    ("clustering", "ami"): DRAWN,
}
"""What has the same name and is another number, and why."""

ELSEWHERE = {
    "max_ap": "the best of five similarities, chosen by the answers; here the one that the embedder is used with",
    "p-MRR": "it compares two runs of the same queries; no item of a run has a value",
}
"""Main scores of mteb that are none of ours, and why."""


class There(NamedTuple):
    """What `mteb.evaluate` makes of a fresh task object; its values per query, not rounded, where there are any."""

    scores: Mapping[str, Any]
    per_query: Mapping[str, Mapping[str, float]]


class Both(NamedTuple):
    """A task as judged here, with every metric that mteb has too, and by mteb."""

    place: MtebPlace
    suite: Suite
    ours: Outcome
    theirs: There


class Handed(NamedTuple):
    """A task that the harness has mteb judge."""

    task: str
    suite: ForeignSuite
    outcome: Outcome


@pytest.fixture(scope="module")
def place_of(mteb_home: Path) -> Callable[..., MtebPlace]:
    """`place_of("SciFact", protocol="mteb")`: the one suite of the small copy of a task, which is written once."""

    def place_of(task: str, **options: str) -> MtebPlace:
        folder = mteb_home / task.partition("?")[0]
        if not folder.exists():
            write_task(task, folder)
        (place,) = find_places(selected(task, folder, **options), mteb_home / "cache")
        return place

    return place_of


@pytest.fixture(scope="module")
def there(place_of: Callable[..., MtebPlace]) -> Callable[[str], There]:
    """`there("SciFact")`: the small copy of a task as mteb judges it, which it does once."""
    return cache(lambda task: judged_there(place_of(task)))


def judged_there(place: MtebPlace) -> There:
    """By `mteb.evaluate` alone."""
    task, per_query = load_task(place).task, {}
    if hasattr(task, "task_specific_scores"):
        theirs = task.task_specific_scores

        def task_specific_scores(scores: Any, *rest: Any, **more: Any) -> Any:
            per_query.update(scores)
            return theirs(scores, *rest, **more)

        task.task_specific_scores = task_specific_scores
    return There(scored_by_mteb(encoder(WordSums()), task), per_query)


@pytest.fixture(scope="module")
def both(request: pytest.FixtureRequest, place_of: Callable[..., MtebPlace], there: Callable[[str], There]) -> Both:
    """The task that is asked for."""
    place = place_of(request.param)
    suite = load_suite(place)
    assert isinstance(suite, Suite)
    names = RANKINGS if suite.kind in metric_names.RANKED else [metric.name for metric in suite.metrics]
    asked = replace(suite, metrics=tuple(metric(name) for name in names))
    return Both(place, suite, evaluate(asked, WordSums()), there(request.param))


@pytest.fixture(scope="module", params=TASKS)
def handed(request: pytest.FixtureRequest, place_of: Callable[..., MtebPlace]) -> Handed:
    """`mteb:TASK?data=FOLDER&protocol=mteb` of each task."""
    suite = load_suite(place_of(request.param, protocol="mteb"))
    assert isinstance(suite, ForeignSuite)
    return Handed(request.param, suite, evaluate(suite, WordSums()))


of_every_task = pytest.mark.parametrize("both", [task for task in TASKS if task not in ONLY_MTEB], indirect=True)
of_rankings = pytest.mark.parametrize("both", RANKED, indirect=True)


def metric(name: str) -> Any:
    """`ndcg@10` → the metric."""
    stem, _, cutoff = name.partition("@")
    return plugins.find("metrics", stem)(int(cutoff) if cutoff else None)


@of_every_task
def test_every_metric_that_both_have(both: Both) -> None:
    """Within 1e-6 of mteb's, or of what mteb rounds to; or there is a reason in writing, and the numbers differ."""
    kind, compared = both.suite.kind, 0
    for score in both.ours.scores:
        other = metric_names.theirs(kind, score.metric)
        if other not in both.theirs.scores:
            continue
        compared += 1
        if (kind, score.metric) in DIFFERENT:
            assert score.value != pytest.approx(both.theirs.scores[other], abs=1e-6), "the reason has gone"
        else:
            rounded = kind in metric_names.RANKED and not score.metric.startswith("mrr")
            expected = pytest.approx(both.theirs.scores[other], abs=ROUNDED if rounded else 1e-6)
            assert score.value == expected, score.metric
    assert compared, "nothing is compared"


@of_every_task
def test_the_main_score_leads(both: Both) -> None:
    """mteb's main score is the headline, under our name; where it has none, there is a reason in writing."""
    main = both.place.entry.main_score
    assert both.theirs.scores["main_score"] == both.theirs.scores[main]
    if metric_names.theirs(both.suite.kind, both.suite.headline.name) != main:
        assert main in ELSEWHERE


@of_rankings
def test_every_query_has_the_value_of_mteb(both: Both) -> None:
    """nDCG, MAP, recall and precision of each query are those that mteb has before it rounds."""
    compared = 0
    for items in both.ours.items:
        stem, _, cutoff = items.measure.partition("@")
        if stem in PER_QUERY:
            expected = [both.theirs.per_query[query][PER_QUERY[stem].format(cutoff)] for query in items.ids]
            np.testing.assert_allclose(items.values, expected, atol=1e-6, rtol=0, err_msg=items.measure)
            compared += len(expected)
    assert compared == len(both.theirs.per_query) * len(PER_QUERY) * len(CUTOFFS)


@of_every_task
def test_every_item_has_a_row_and_the_mean_an_interval(both: Both) -> None:
    """mteb has neither. What its own evaluator judges has neither here, and says so."""
    assert all(len(items.ids) == len(items.values) > 0 for items in both.ours.items)
    assert both.ours.items
    lead = metric(both.suite.headline.name).name
    (headline,) = [score for score in both.ours.scores if score.metric == lead] or both.ours.scores[:1]
    low, high = headline.interval.low, headline.interval.high
    assert None not in {low, high}, headline.interval.reason
    assert low < headline.value < high


def test_every_number_of_a_task_that_is_handed_over(handed: Handed, there: Callable[[str], There]) -> None:
    """All finite ones but the 105 about mteb's confidence, the main score first; judged again in the same process."""
    found = {score.metric: score.value for score in handed.outcome.scores}
    theirs = there(handed.task).scores
    assert found == {key: float(value) for key, value in theirs.items() if _is_metric(key, value)}
    assert next(iter(found)) == handed.suite.headline


def _is_metric(key: str, value: Any) -> bool:
    number = not isinstance(value, str | list | dict) and key != "main_score" and not key.startswith("nauc")
    return number and math.isfinite(value)


def test_a_task_that_is_handed_over_has_no_items(handed: Handed) -> None:
    """It is recorded as what it is: numbers of mteb's, their intervals missing for a reason."""
    assert handed.outcome.items == ()
    assert {(score.interval.low, score.items) for score in handed.outcome.scores} == {(None, 0)}
    assert all("mteb 2." in score.interval.reason for score in handed.outcome.scores)


def test_only_what_no_kind_fits_is_handed_over_unasked(handed: Handed, place_of: Callable[..., MtebPlace]) -> None:
    """And what mteb judges is another suite."""
    ours = load_suite(place_of(handed.task))
    assert isinstance(ours, ForeignSuite) == (handed.task in ONLY_MTEB)
    assert ours.name != handed.suite.name
    assert (ours.fingerprint == handed.suite.fingerprint) == (handed.task in ONLY_MTEB)


def test_every_type_of_text_is_here() -> None:
    """Each base class of mteb's text tasks is among the copies; no zero-shot task of it reads text alone."""
    import mteb

    copied = {_base(mteb.get_task(name.partition("?")[0])) for name in TASKS}
    texts = [task for task in mteb.get_tasks(exclude_superseded=False) if list(task.metadata.modalities) == ["text"]]
    assert {_base(task) for task in texts} - {"AbsTaskAggregate"} == copied


def _base(task: Any) -> str:
    return next(base.__name__ for base in type(task).__mro__ if base.__module__.startswith("mteb.abstasks"))
