"""Names of mteb's that are ours too, and that no name stands for another number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness import plugins
from harness.catalogue.metrics import METRICS
from harness.embedders.baseline import open_baseline
from harness.evaluate import answered, evaluate
from harness.interop.mteb import door
from harness.interop.mteb.encoders import encoder
from harness.interop.mteb.metric_names import ours, theirs
from harness.metrics.classified import LinearProbe
from harness.metrics.clusters import Clustered
from harness.model import Spec

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.filterwarnings("ignore")  # mteb and what it imports warn about themselves


@pytest.mark.parametrize(
    ("kind", "main", "expected"),
    [
        ("retrieval", "ndcg_at_10", "ndcg@10"),
        ("retrieval", "hit_rate_at_5", "hit@5"),
        ("retrieval", "precision_at_1", "precision@1"),
        ("retrieval", "robustness_at_10", None),
        ("retrieval", "p-MRR", None),
        ("reranking", "map_at_1000", "map@1000"),
        ("reranking", "accuracy", "recall@1"),
        ("reranking", "max_over_subqueries_map_at_1000", None),
        ("reranking", "taxon_top_1_accuracy", None),
        ("similarity", "cosine_spearman", "spearman"),
        ("similarity", "alpha_auc", None),
        ("pairs", "max_ap", "ap"),
        ("pairs", "max_accuracy", "best_accuracy"),
        ("bitext", "f1", "bitext_f1"),
        ("classification", "accuracy", "accuracy"),
        ("classification", "f1", "macro_f1"),
        ("clustering", "v_measure", "v_measure"),
        ("clustering", "ami", "ami"),
        ("composition", "ndcg_at_10", None),
    ],
)
def test_main_scores(kind: str, main: str, expected: str | None) -> None:
    """What heads a suite, for every main score that mteb's tasks have."""
    assert ours(kind, main) == expected


@pytest.mark.parametrize("kind", sorted(METRICS))
def test_there_and_back(kind: str) -> None:
    """A metric that mteb has is found again under its name there."""
    for metric in METRICS[kind]:
        name = theirs(kind, metric)
        assert name is None or ours(kind, name) == metric


def both(make: Any, task: Any, base: str, data: Any, members: Mapping[str, Any]) -> tuple[dict[str, float], Any]:
    """Our numbers, under mteb's names, and mteb's."""
    embedder = open_baseline(Spec("baseline:hashing", "baseline", "hashing", {}))
    suite = make(base, data, members).suite
    scored = {score.metric: score.value for score in evaluate(suite, embedder).scores if score.value is not None}
    local = task(base, data, members)
    with door.undisturbed():
        result = door.module().evaluate(encoder(embedder), local, cache=None, co2_tracker=False, encode_kwargs={})
    named = {theirs(suite.kind, metric): value for metric, value in scored.items()}
    return {name: value for name, value in named.items() if name}, result.task_results[0].scores["test"][0]


WORDS = ("order", "invoice", "goods", "receipt", "approval", "payment", "contract", "salary", "holiday", "training")


def sentences(count: int, of: int, purpose: int) -> list[str]:
    """So many different sentences of so many words."""
    random = np.random.default_rng(purpose)
    return [" ".join([*random.choice(WORDS, of), f"w{n}"]) for n in range(count)]


def rows(**columns: Any) -> Any:
    """A split of mteb's."""
    return door.module("datasets").Dataset.from_dict(columns)


def test_pairs_of_sentences_score_as_in_mteb(make: Any, task: Any) -> None:
    """STS, pair classification and bitext mining: every number that both have, within 1e-6."""
    one, other = sentences(50, 4, 1), sentences(50, 4, 2)
    shared = [len({*a.split()} & {*b.split()}) for a, b in zip(one, other, strict=True)]
    noise = np.random.default_rng(3).random(50)
    graded = [float(count + extra) for count, extra in zip(shared, noise, strict=True)]
    data = {
        "AbsTaskSTS": rows(sentence1=one, sentence2=other, score=graded),
        "AbsTaskPairClassification": rows(sentence1=one, sentence2=other, labels=[int(g > 2.5) for g in graded]),
        "AbsTaskBitextMining": rows(sentence1=one, sentence2=[f"{text} w{n}" for n, text in enumerate(other)]),
    }
    for base, split in data.items():
        mine, of_mteb = both(make, task, base, {"test": split}, {})
        assert len(mine) == 2
        assert mine == pytest.approx({name: of_mteb[name] for name in mine}, abs=1e-6)


@pytest.mark.parametrize("ranked", [False, True])
def test_rankings_score_as_in_mteb(make: Any, task: Any, ranked: bool) -> None:  # noqa: FBT001 # a case
    """Retrieval and reranking; mteb rounds its means to five digits."""
    documents, queries = sentences(60, 5, 4), sentences(20, 3, 5)
    random = np.random.default_rng(6)
    judged = {f"q{n}": {f"d{d}": int(random.integers(0, 3)) for d in random.permutation(60)[:6]} for n in range(20)}
    kept = {query: grades for query, grades in judged.items() if any(grades.values())}
    candidates = {query: [*grades, "d1", "d2"] for query, grades in judged.items()} if ranked else None

    def data() -> Any:
        corpus = rows(id=[f"d{n}" for n in range(60)], text=documents)
        asked = rows(id=[f"q{n}" for n in range(20)], text=queries)
        held = {"corpus": corpus, "queries": asked, "relevant_docs": dict(kept), "top_ranked": candidates}
        return {"default": {"test": held}}

    mine, of_mteb = both(make, task, "AbsTaskRetrieval", data(), {})
    assert len(mine) > 1
    assert mine == pytest.approx({name: of_mteb[name] for name in mine}, abs=1e-5)


def judged(suite: Any) -> Mapping[type[Any], Any]:
    """What a suite's task makes of the vectors of a fixed embedder."""
    vectors = answered(suite, open_baseline(Spec("baseline:hashing", "baseline", "hashing", {})))
    return {type(judgements): judgements for judgements in suite.task.judge(vectors)}


@pytest.mark.parametrize("most", [3, 2])
def test_what_is_predicted_scores_as_in_mteb(make: Any, task: Any, most: int) -> None:
    """mteb's own formulas on our predictions.

    Where a class is predicted that no judged text has, its f1 has that class among those that it is the mean of, with
    an F1 of 0; ours has not.
    """
    texts = sentences(120, 4, 7)
    labels = [WORDS.index(text.split()[0]) // 3 for text in texts]
    data = door.module("datasets").DatasetDict(
        train=rows(text=texts[:80], label=labels[:80]),
        test=rows(text=texts[80:], label=[min(label, most) for label in labels[80:]]),
    )
    made = make("AbsTaskClassification", data)
    probe = judged(made.suite)[LinearProbe]
    of_mteb = task("AbsTaskClassification", data)._calculate_scores(probe.gold, probe.predicted[:, 0])
    ours_here = {metric.name: metric.score(probe) for metric in made.suite.metrics[:2]}
    assert 3 in probe.predicted
    assert ours_here["accuracy"] == pytest.approx(of_mteb["accuracy"], abs=1e-9)
    assert ours_here["macro_f1"] == pytest.approx(of_mteb["f1"] * (1 if most == 3 else 4 / 3), abs=1e-9)
    assert ("1 classes are learned, and no text of theirs is judged" in made.notes) == (most == 2)


def test_clusters_score_as_in_mteb(make: Any) -> None:
    """The two functions that mteb scores clusterings by, on our clusters, mean over starts."""
    texts = sentences(60, 4, 8)
    data = {"test": rows(sentences=texts, labels=[text.split()[0] for text in texts])}
    suite = make("AbsTaskClustering", data).suite
    clustered = judged(suite)[Clustered]
    module = door.module("mteb.abstasks.clustering")
    for metric, function in {"v_measure": "v_measure_score", "ami": "adjusted_mutual_info_score"}.items():
        (ours_here,) = (one for one in suite.metrics if one.name == metric)
        starts = [getattr(module, function)(clustered.gold, codes) for codes in clustered.assigned.T]
        assert ours_here.score(clustered) == pytest.approx(np.mean(starts), abs=1e-9)
        assert theirs("clustering", metric) == metric


def test_every_kind_of_a_name_is_a_kind() -> None:
    """A kind that is renamed takes its names along."""
    kinds = ["retrieval", "reranking", "similarity", "pairs", "bitext", "classification", "clustering"]
    assert set(kinds) <= set(plugins.names("tasks"))
    assert [kind for kind in METRICS if any(theirs(kind, metric) for metric in METRICS[kind])] == sorted(kinds)
