"""The options long, segment and overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.catalogue import Place, load_suite
from harness.embedders.cached import Cached
from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.tokenising import Estimate
from harness.embedders.vector_cache import VectorCache
from harness.embedders.wrappers import wrapped
from harness.embedders.wrappers.long import BestSegment
from harness.errors import UsageError
from harness.evaluate import evaluate
from harness.model import Identity, Image, Ranker, Reranker, reads_images

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.model import Embedder, Finding, Role


class Reader(Estimate):
    """An estimate that says what it is: four letters or one Chinese character; a model reads 4 of them."""

    def __init__(self) -> None:
        self.asked = 0

    def tokenise(self, texts: Sequence[str]) -> Any:
        """Counts the calls."""
        self.asked += 1
        return super().tokenise(texts)

    def room(self, role: Role) -> int | None:
        """4, of a query 3."""
        return 3 if role == "query" else 4


class Letters:
    """Embeds a text as how often it has a, b and c, twice as long as it need be; remembers what it was asked."""

    def __init__(self, tokenizer: Estimate | None = None) -> None:
        self.identity = Identity("fake", "letters", "1")
        self.tokenizer = tokenizer
        self.reads_images = False
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str], role: Role) -> Any:
        """n × 3."""
        del role
        self.asked += texts
        return np.array([[2 * text.count(letter) for letter in "abc"] for text in texts], np.float32).reshape(-1, 3)


LONG = "aaaa aaaa aaaa aaaa bbbb bbbb bbbb bbbb"
"""8 tokens: four of a, four of b."""


def opened(options: str, inner: Embedder) -> Any:
    """The wrapper that the options ask for."""
    return wrapped(inner, parse_spec(f"fake:letters?{options}"))


def test_truncate_is_the_model_as_it_is() -> None:
    """Without a segment; with one, texts end behind it and the embedder is another one."""
    inner = Letters(Reader())
    assert opened("long=truncate", inner) is inner
    cut = opened("long=truncate&segment=2", inner)
    assert str(cut.identity) == "fake:letters?long=truncate&segment=2"
    assert cut.embed([LONG, "c"], "document").tolist() == [[16, 0, 0], [0, 0, 2]]
    assert inner.asked == ["aaaa aaaa", "c"]


def test_the_mean_is_of_unit_vectors() -> None:
    """Of a and b in equal parts: (½, ½, 0), whatever their lengths; a short text has its unit vector."""
    inner = Letters(Reader())
    mean = opened("long=mean", inner)
    assert str(mean.identity) == "fake:letters?long=mean"
    vectors = mean.embed([LONG, "cc", ""], "document")
    np.testing.assert_allclose(vectors, [[0.5, 0.5, 0], [0, 0, 1], [0, 0, 0]], atol=1e-6)
    assert vectors.dtype == np.float32
    assert inner.asked == ["aaaa aaaa aaaa aaaa", "bbbb bbbb bbbb bbbb", "cc", ""]
    assert mean.embed([], "query").shape == (0, 3)


@pytest.mark.parametrize("options", ["long=mean&segment=2", "long=truncate&segment=2", "long=max&segment=2"])
def test_pictures_stay_whole(options: str, tmp_path: Path) -> None:
    """What stands for a picture is no text to be cut, and the wrapper reads pictures if the model does."""
    inner = Letters(Reader())
    inner.reads_images = True
    around, picture = opened(options, inner), Image(tmp_path / "a.png", b"a")
    assert reads_images(around)
    embed_or_rank(around, [picture, LONG])
    assert any(text is picture for text in inner.asked)
    assert not reads_images(opened(options, Letters(Reader())))


def embed_or_rank(embedder: Any, documents: Sequence[str]) -> None:
    """Whichever it can."""
    if isinstance(embedder, Ranker):
        embedder.rank(["a"], documents, 2)
    else:
        embedder.embed(documents, "document")


def test_a_query_has_the_room_of_a_query() -> None:
    """3 tokens here, so that LONG is three segments: aaa, abb, bb."""
    inner = Letters(Reader())
    opened("long=mean", inner).embed([LONG], "query")
    assert inner.asked == ["aaaa aaaa aaaa", "aaaa bbbb bbbb", "bbbb bbbb"]


def test_overlap_and_segment_are_part_of_the_identity() -> None:
    """As they decide the vectors; so does an estimate."""
    inner = Letters(Reader())
    mean = opened("long=mean&segment=4&overlap=1", inner)
    assert str(mean.identity) == "fake:letters?long=mean&overlap=1&segment=4"
    mean.embed([LONG], "document")
    assert inner.asked == ["aaaa aaaa aaaa aaaa", "aaaa bbbb bbbb bbbb", "bbbb bbbb"]
    assert str(opened("long=mean&segment=4", Letters()).identity) == "fake:letters?long=mean&segment=4&tokens=estimated"


def test_the_best_segment_ranks() -> None:
    """b is near the second half of the first document (cosine 1), and less near to one that has b and c mixed."""
    best = opened("long=max", Letters(Reader()))
    assert isinstance(best, Ranker)
    assert isinstance(best, Reranker)
    documents = ["bc", LONG, "c"]
    ranking = best.rank(["b", "c"], documents, 2)
    assert ranking.indices.tolist() == [[1, 0], [2, 0]]
    np.testing.assert_allclose(ranking.scores, [[1, 0.5**0.5], [1, 0.5**0.5]], atol=1e-6)
    again = best.rerank(["b", "c"], documents, [np.array([0, 1]), np.array([], np.intp)])
    assert again.indices.tolist() == [[1, 0], [-1, -1]]
    whole = wrapped(Letters(Reader()), parse_spec("fake:letters?similarity=dot"))
    assert whole.identity.key != best.identity.key
    assert best.rank([], documents, 2).indices.shape == (0, 2)
    assert best.rank(["b"], [], 2).indices.shape == (1, 0)


@pytest.mark.parametrize("similarity", ["cosine", "dot", "euclidean"])
def test_the_best_segment_is_the_best_of_all_pairs(similarity: str) -> None:
    """Against a loop over segments, with the similarity asked for."""
    random = np.random.default_rng(0)
    documents = [" ".join(random.choice(["aaaa", "bbbb", "cccc", "abca"], random.integers(1, 12))) for _ in range(30)]
    queries = ["a", "ab", "bcc", "abc"]
    inner = Letters(Reader())
    best = opened(f"long=max&similarity={similarity}", inner)
    ranking = best.rank(queries, documents, 30)
    for query, row, scores in zip(queries, ranking.indices, ranking.scores, strict=True):
        asked = inner.embed([query], "query").astype(np.float64)[0]
        expected = []
        for document in documents:
            words = document.split()
            parts = inner.embed([" ".join(words[at : at + 4]) for at in range(0, len(words), 4)], "document")
            expected.append(max(near(similarity, asked, part.astype(np.float64)) for part in parts))
        np.testing.assert_allclose(scores, np.sort(expected)[::-1], atol=1e-5)
        np.testing.assert_allclose(np.array(expected)[row], scores, atol=1e-5)


def near(similarity: str, a: Any, b: Any) -> float:
    """By the definition."""
    if similarity == "euclidean":
        return -float(np.linalg.norm(a - b))
    return float(a @ b) / (float(np.linalg.norm(a) * np.linalg.norm(b)) if similarity == "cosine" else 1.0)


def test_dimensions_and_formats_are_of_the_segments() -> None:
    """With two dimensions only a and b count; binary is ±1 of each segment."""
    best = opened("long=max&dimensions=2&precision=binary", Letters(Reader()))
    assert str(best.identity) == "fake:letters?dimensions=2&long=max&precision=binary"
    assert best.rank(["b"], ["a", LONG], 2).indices.shape == (1, 2)


@pytest.mark.parametrize(
    ("options", "reader", "message"),
    [
        ("long=middle", Reader(), "one of max, mean, truncate"),
        ("long=mean&segment=0", Reader(), "at least 1"),
        ("long=mean&segment=5", Reader(), "segment=5, but the model reads 4 tokens"),
        ("long=mean&segment=3&overlap=3", Reader(), "overlap=3 must be below segment=3"),
        ("long=mean&overlap=4", Reader(), "overlap=4 must be below the 4 tokens"),
        ("overlap=4", Reader(), "overlap is for long=mean and long=max"),
        ("long=mean", Estimate(), "reads texts of any length; say segment=TOKENS"),
        ("long=max", None, "does not say how much it reads; say segment=TOKENS"),
    ],
)
def test_what_does_not_fit_is_refused(options: str, reader: Estimate | None, message: str) -> None:
    """When it is opened, or with the first text where only the tokenizer could tell."""
    with pytest.raises(UsageError, match=message):
        opened(options, Letters(reader)).embed([LONG], "document")


def test_a_ranker_has_nothing_to_make_longer() -> None:
    """bm25 reads all of a document."""
    with pytest.raises(UsageError, match="bm25 makes no vectors, so there is no long"):
        open_embedder(parse_spec("bm25:?long=mean"))


def test_segments_are_embedded_and_cut_once(tmp_path: Path) -> None:
    """What the cache knows is neither embedded nor tokenised again; a short text is the text itself."""
    with VectorCache(tmp_path / "cache") as cache:
        Cached(Letters(Reader()), cache).embed(["cc"], "document")
        inner = Letters(Reader())
        first = opened("long=mean", Cached(inner, cache)).embed([LONG, "cc"], "document")
        assert inner.asked == ["aaaa aaaa aaaa aaaa", "bbbb bbbb bbbb bbbb"]
        again = Letters(reader := Reader())
        np.testing.assert_array_equal(opened("long=mean", Cached(again, cache)).embed([LONG, "cc"], "document"), first)
        assert (again.asked, reader.asked) == ([], 0)
        opened("long=max", Cached(again, cache)).rank([], [LONG, "cc"], 1)
        assert (again.asked, reader.asked) == ([], 0)


def findings_of(options: str, reader: Estimate | None, folder: Path) -> dict[tuple[str, str], Finding]:
    """Of LONG, and of a short text, put through a wrapper around a cache."""
    with VectorCache(folder) as cache:
        cached = Cached(Letters(reader), cache)
        embed_or_rank(opened(options, cached), [LONG, "c"])
        return {(one.name, one.subject): one for one in cached.findings()}


def test_what_a_segment_cuts_is_reported(tmp_path: Path) -> None:
    """LONG has 8 tokens: 6 are lost at segment=2 and 5 at segment=3, whatever the cache knows of the other."""
    for segment, lost in ((2, 6), (3, 5), (2, 6)):
        found = findings_of(f"segment={segment}", Reader(), tmp_path / "cache")
        assert found["cut_texts", ""].warning
        assert found["cut_texts", ""].value == 0.5
        assert f"50 % of the texts are cut at {segment} tokens" in found["cut_texts", ""].note
        assert found["lost_tokens", "of cut texts"].value == pytest.approx(lost / 8)
        assert found["tokens_per_text", "max"].value == 8.0


def test_a_cut_by_estimate_is_said_to_be_one(tmp_path: Path) -> None:
    """Of an embedder without a tokenizer nothing else is said about tokens."""
    found = findings_of("segment=2", None, tmp_path / "cache")
    assert found["cut_texts", ""].warning
    assert found["cut_texts", ""].note.startswith("estimated: 50 % of the texts are cut at 2 tokens")
    assert ("tokens_per_text", "max") not in found


@pytest.mark.parametrize("options", ["long=mean", "long=max", "long=max&dimensions=2", "long=mean&segment=4"])
def test_findings_about_segments_say_so(options: str, tmp_path: Path) -> None:
    """Nothing of a document is cut, and what is counted is named."""
    found = findings_of(options, Reader(), tmp_path / "cache")
    assert found["cut_texts", ""].value == 0.0
    assert found["tokens_per_text", "max"].value == 4.0
    assert found["tokens_per_text", "max"].note == "segments of texts (a short text is one): those of the longest text"


def test_the_best_segment_is_for_retrieval(toy_suite: Path, tmp_path: Path) -> None:
    """It is scored there; where vectors are needed it does not apply, with the reason."""
    best = open_embedder(parse_spec("baseline:hashing?long=max&segment=3&overlap=1"))
    assert isinstance(best, BestSegment)
    outcome = evaluate(load_suite(Place("toy", toy_suite)), best)
    assert outcome.status == "ok"
    folder = tmp_path / "pairs"
    folder.mkdir()
    about = "title: T\nlicence: CC0-1.0\ntask: similarity\ntables: {pairs: pairs.tsv}\nmetrics: [spearman]\n"
    (folder / "suite.yaml").write_text(about, "utf-8")
    (folder / "pairs.tsv").write_text("sentence1\tsentence2\tscore\na\tb\t1\na\tc\t2\n", "utf-8")
    outcome = evaluate(load_suite(Place("pairs", folder)), best)
    assert outcome.status == "not_applicable"
    assert "a similarity suite needs vectors" in outcome.reason
