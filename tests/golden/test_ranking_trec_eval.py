"""Ranking metrics equal trec_eval's, through pytrec_eval, on runs with ties, grades and missing answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import pytrec_eval

from harness.metrics import ranking as metrics
from harness.metrics.ranking import Ranked, Relevant, ranked
from harness.model import Ranking

if TYPE_CHECKING:
    from harness.model import Metric

MEASURES = {
    "map": metrics.mean_average_precision(None),
    "map_cut_5": metrics.mean_average_precision(5),
    "ndcg": metrics.ndcg(None),
    "ndcg_cut_1": metrics.ndcg(1),
    "ndcg_cut_10": metrics.ndcg(10),
    "ndcg_cut_100": metrics.ndcg(100),
    "recip_rank": metrics.mrr(None),
    "P_5": metrics.precision(5),
    "P_100": metrics.precision(100),
    "recall_5": metrics.recall(5),
    "recall_100": metrics.recall(100),
    "success_1": metrics.hit(1),
    "success_5": metrics.hit(5),
}

Run = dict[str, dict[str, float]]
Qrels = dict[str, dict[str, int]]


def random_run(seed: int) -> tuple[Qrels, Run]:
    """60 queries, up to 40 of 80 documents each; scores from few values, relevance from −1 to 3."""
    random = np.random.default_rng(seed)
    names = [f"d{i}" for i in range(80)]
    qrels, run = {}, {}
    for query in range(60):
        judged = random.permutation(80)[: random.integers(1, 20)]
        found = random.permutation(80)[: random.integers(1, 40)]
        qrels[f"q{query}"] = {names[d]: int(random.integers(-1, 4)) for d in judged}
        run[f"q{query}"] = {names[d]: float(random.integers(6)) / 4 for d in found}
    return qrels, run


def judged_run(qrels: Qrels, run: Run) -> Ranked:
    """The run as ours: documents in descending order of their ids, so that the first wins a tie."""
    names = sorted({name for rows in (qrels, run) for row in rows.values() for name in row}, reverse=True)
    position = {name: place for place, name in enumerate(names)}
    indices = np.full((len(qrels), max(map(len, run.values()))), -1)
    for row, query in enumerate(qrels):
        found = sorted((-score, position[name]) for name, score in run[query].items())
        indices[row, : len(found)] = [place for _, place in found]
    relevant = Relevant.of([{position[name]: gain for name, gain in row.items()} for row in qrels.values()])
    ranking = Ranking(indices, np.zeros(indices.shape, np.float32))
    ids = list(qrels)
    return ranked((ids, ids), ranking, relevant, np.full(len(ids), len(names)), np.full(len(ids), -1))


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("seed", range(3))
def test_every_query_of_a_random_run_scores_as_in_trec_eval(measure: str, seed: int) -> None:
    """Within 1e-12, ties and unretrieved documents included."""
    qrels, run = random_run(seed)
    theirs = _trec_eval(qrels, run, measure)
    ours = _items(MEASURES[measure], judged_run(qrels, run))
    assert 0 < ours.mean() < 1
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_ties_are_broken_by_descending_document_id() -> None:
    """Of two documents with one score trec_eval puts b before a."""
    qrels, run = {"q": {"b": 1}}, {"q": {"a": 0.5, "b": 0.5}}
    assert _trec_eval(qrels, run, "recip_rank") == [1.0]
    assert _items(metrics.mrr(None), judged_run(qrels, run)).tolist() == [1.0]


def _trec_eval(qrels: Qrels, run: Run, measure: str) -> list[float]:
    name, _, cutoff = measure.rpartition("_")
    asked = f"{name}.{cutoff}" if cutoff.isdigit() else measure
    scored = pytrec_eval.RelevanceEvaluator(qrels, {asked}).evaluate(run)
    return [scored[query][measure] for query in qrels]


def _items(metric: Metric[Ranked], judged: Ranked) -> np.ndarray:
    assert metric.items is not None
    return metric.items(judged)
