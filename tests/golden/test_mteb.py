"""Retrieval, reranking, STS, pair classification and bitext mining score as in mteb, on tasks that need no network.

mteb gets the same vectors through its EncoderProtocol. Where the two differ, the test says in what.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.baseline import open_baseline
from harness.model import Identity, Role, Spec, Vectors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(find_spec("mteb") is None, reason="needs mteb: pip install 'embedding-harness[mteb]'"),
    pytest.mark.filterwarnings("ignore"),  # mteb and what it imports warn about themselves
]

WORDS = [
    "invoice",
    "order",
    "approval",
    "goods",
    "receipt",
    "payment",
    "contract",
    "采购",
    "审批",
    "合同",
    "付款",
    "收货",
    "salary",
    "holiday",
    "training",
]


class WordSums:
    """A text is the sum of a random vector for each of its words: near are texts that share words."""

    identity = Identity("test", "word-sums", "1", symmetric=True)

    def __init__(self) -> None:
        self._words = open_baseline(Spec("baseline:random", "baseline", "random", {"dim": "24"}))

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """n × 24."""
        return np.array([self._words.embed(text.split(), role).sum(axis=0) for text in texts], np.float32)


class Encoder:
    """The same vectors for mteb, compared by their cosines."""

    def __init__(self, model_name: str = "test/word-sums", revision: str | None = "1", **_: Any) -> None:
        from mteb.models import ModelMeta

        self.mteb_model_meta = ModelMeta.create_empty({"name": model_name, "revision": revision})

    def encode(self, inputs: Any, **_: Any) -> Vectors:
        """The text of every row, in batches."""
        return WordSums().embed([text for batch in inputs for text in batch["text"]], "either")

    def similarity(self, one: Any, other: Any) -> Any:
        """Every row of one with every row of the other."""
        import torch

        return torch.nn.functional.cosine_similarity(
            torch.as_tensor(one)[:, None], torch.as_tensor(other)[None], dim=-1
        )

    def similarity_pairwise(self, one: Any, other: Any) -> Any:
        """Row by row."""
        import torch

        return torch.nn.functional.cosine_similarity(torch.as_tensor(one), torch.as_tensor(other))


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """mteb makes a folder when it is imported; not in the user's home."""
    monkeypatch.setenv("MTEB_CACHE", str(tmp_path / "mteb"))


@pytest.fixture
def random() -> np.random.Generator:
    """The random numbers of a test."""
    return np.random.default_rng(11)


def sentences(count: int, random: np.random.Generator) -> list[str]:
    """So many sentences of three to seven words, each of which ends in a word of its own."""
    lengths = random.integers(2, 7, size=count)
    return [" ".join([*random.choice(WORDS, size=length), f"w{n}"]) for n, length in enumerate(lengths)]


def task(base: type[Any], kind: str, main: str, data: Mapping[str, Any]) -> Any:
    """A fresh task of mteb whose data are `data`."""
    from mteb.abstasks.task_metadata import TaskMetadata

    metadata = TaskMetadata(
        name=f"Local{kind}",
        description="a task that lies here",
        type=kind,
        category="t2t",
        eval_splits=["test"],
        eval_langs=["eng-Latn"],
        main_score=main,
        dataset={"path": "local/none", "revision": "1"},
    )

    def load_data(self: Any, **_: Any) -> None:
        self.dataset, self.data_loaded = data, True

    def task_specific_scores(self: Any, scores: Any, *_: Any, **__: Any) -> dict[str, float]:
        self.per_query = scores
        return {}

    members = {"metadata": metadata, "load_data": load_data, "task_specific_scores": task_specific_scores}
    return type(f"Local{kind}", (base,), members)()


def scores(local: Any) -> dict[str, float]:
    """What mteb makes of the task; rounded to six digits."""
    import mteb

    result = mteb.evaluate(Encoder(), local, cache=None, co2_tracker=False, show_progress_bar=False)
    (scored,) = result[0].scores["test"]
    assert scored["main_score"] == scored[local.metadata.main_score]
    return dict(scored)


def ranking_data(random: np.random.Generator) -> dict[str, Any]:
    """40 documents, some with a title, 25 queries, 8 judgements each from 0 to 3, as tables of a suite."""
    documents, asked = sentences(40, random), sentences(65, random)[40:]
    judged = [random.permutation(40)[:8] for _ in asked]
    grades = [np.append(random.integers(0, 4, size=7), 1) for _ in asked]
    return {
        "queries": [{"_id": f"q{n}", "text": text} for n, text in enumerate(asked)],
        "corpus": [
            {"_id": f"d{n}", "title": WORDS[n % 15] if n % 2 else "", "text": text} for n, text in enumerate(documents)
        ],
        "qrels": [
            {"query-id": f"q{n}", "corpus-id": f"d{document}", "score": int(grade)}
            for n, (places, given) in enumerate(zip(judged, grades, strict=True))
            for document, grade in zip(places, given, strict=True)
        ],
    }


def as_mteb(tables: Mapping[str, Any], *, rerank: bool) -> Any:
    """The same for mteb. For a reranking, the candidates of a query are its judged documents."""
    from datasets import Dataset
    from mteb.abstasks.retrieval_dataset_loaders import RetrievalSplitData

    relevant: dict[str, dict[str, int]] = {}
    for row in tables["qrels"]:
        relevant.setdefault(row["query-id"], {})[row["corpus-id"]] = row["score"]
    data = RetrievalSplitData(
        corpus=Dataset.from_list([{"id": row["_id"], **row} for row in tables["corpus"]]),
        queries=Dataset.from_list([{"id": row["_id"], **row} for row in tables["queries"]]),
        relevant_docs=relevant,
        top_ranked={query: list(documents) for query, documents in relevant.items()} if rerank else None,
    )
    return {"default": {"test": data}}


RANKING = {
    "ndcg@1": "ndcg_cut_1",
    "ndcg@10": "ndcg_cut_10",
    "map@10": "map_cut_10",
    "recall@1": "recall_1",
    "recall@5": "recall_5",
    "precision@5": "P_5",
}
"""Our metrics that mteb has per query, not rounded, under the names of trec_eval."""


@pytest.mark.parametrize("kind", ["retrieval", "reranking"])
def test_rankings(evaluated: Any, random: np.random.Generator, kind: str) -> None:
    """Every query within 1e-6, and the means, which mteb rounds to five digits.

    Its hit rate is our hit, and its `accuracy` is its recall@1. Queries without a relevant document, which mteb leaves
    out and which count 0 here, are not among the data.
    """
    from mteb.abstasks.retrieval import AbsTaskRetrieval

    tables = ranking_data(random)
    local = task(AbsTaskRetrieval, kind.title(), "ndcg_at_10", as_mteb(tables, rerank=kind == "reranking"))
    theirs = scores(local)
    metrics = (*RANKING, "mrr@10", "hit@1", "hit@5")
    outcome = evaluated(kind, metrics, tables, WordSums())
    for items in outcome.items:
        if items.measure in RANKING:
            expected = [local.per_query[query][RANKING[items.measure]] for query in items.ids]
            np.testing.assert_allclose(items.values, expected, atol=1e-6, rtol=0)
    means = {name: theirs[_spelt(name)] for name in metrics}
    assert 0.05 < theirs["ndcg_at_10"] < 1
    assert {score.metric: score.value for score in outcome.scores} == pytest.approx(means, abs=6e-6)


def _spelt(metric: str) -> str:
    return metric.replace("hit", "hit_rate").replace("@", "_at_")


def paired(random: np.random.Generator, count: int) -> Iterator[tuple[str, str]]:
    """Pairs of sentences that share from none to all of their first words."""
    for n, text in enumerate(sentences(count, random)):
        words = text.split()[:-1]
        kept = words[: random.integers(0, len(words) + 1)]
        yield text, " ".join([*kept, *random.choice(WORDS, size=3), f"v{n}"])


def columns(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Rows as a split of mteb."""
    from datasets import Dataset, DatasetDict

    return DatasetDict(test=Dataset.from_list([dict(row) for row in rows]))


def values(outcome: Any) -> dict[str, float]:
    """Every score by its name."""
    return {score.metric: score.value for score in outcome.scores}


def test_similarity(evaluated: Any, random: np.random.Generator) -> None:
    """Spearman and Pearson under the cosine."""
    from mteb.abstasks.sts import AbsTaskSTS

    rows = [
        {"sentence1": one, "sentence2": other, "score": float(random.integers(0, 11)) / 2}
        for one, other in paired(random, 60)
    ]
    theirs = scores(task(AbsTaskSTS, "STS", "cosine_spearman", columns(rows)))
    ours = values(evaluated("similarity", ("spearman", "pearson"), {"pairs": rows}, WordSums()))
    assert ours == pytest.approx({"spearman": theirs["cosine_spearman"], "pearson": theirs["cosine_pearson"]}, abs=1e-6)


def test_pairs(evaluated: Any, random: np.random.Generator) -> None:
    """Average precision and the best F1 under the cosine.

    mteb never tries the threshold that calls every pair a match; here that is not the best one. Its `max_ap`, the best
    of five similarities, has no counterpart.
    """
    from mteb.abstasks.pair_classification import AbsTaskPairClassification

    rows = [
        {
            "sentence1": one,
            "sentence2": other,
            "label": int(len({*one.split()} & {*other.split()}) + random.random() > 3),
        }
        for one, other in paired(random, 60)
    ]
    renamed = [{**row, "labels": row["label"]} for row in rows]
    theirs = scores(task(AbsTaskPairClassification, "PairClassification", "cosine_ap", columns(renamed)))
    ours = values(evaluated("pairs", ("ap", "best_f1"), {"pairs": rows}, WordSums()))
    everything = sum(row["label"] for row in rows) / len(rows)
    assert 2 * everything / (1 + everything) < theirs["cosine_f1"] < 1
    assert ours == pytest.approx({"ap": theirs["cosine_ap"], "best_f1": theirs["cosine_f1"]}, abs=1e-6)


def test_bitext(evaluated: Any, random: np.random.Generator) -> None:
    """F1 and accuracy of the nearest neighbour. mteb has no accuracy of the other direction."""
    from mteb.abstasks.text.bitext_mining import AbsTaskBitextMining

    rows = [{"sentence1": one, "sentence2": other} for one, other in paired(random, 60)]
    theirs = scores(task(AbsTaskBitextMining, "BitextMining", "f1", columns(rows)))
    ours = values(evaluated("bitext", ("bitext_f1", "bitext_accuracy"), {"pairs": rows}, WordSums()))
    assert 0 < theirs["f1"] < 1
    assert ours == pytest.approx({"bitext_f1": theirs["f1"], "bitext_accuracy": theirs["accuracy"]}, abs=1e-6)
