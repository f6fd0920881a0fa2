"""An embedder behind the cache: what is embedded, what is kept, what is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import harness.errors
from harness.embedders.cached import Cached
from harness.embedders.checks import check_vectors
from harness.embedders.contract import called
from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.vector_cache import VectorCache
from harness.errors import EmbedderError, UsageError
from harness.model import Finding, Identity, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(harness.errors.__file__).parents[1]


class Recorder:
    """Embeds a text as its length and its first code point (0 if empty), plus the role's; remembers every call."""

    def __init__(self, name: str = "one", *, symmetric: bool = False) -> None:
        self.identity = Identity("fake", name, "1", symmetric=symmetric)
        self.calls: list[list[str]] = []

    def embed(self, texts: Sequence[str], role: Role) -> Any:
        """n × 3, float64."""
        self.calls.append(list(texts))
        return np.array([[len(text), ord((text or "\0")[0]), ord(role[0])] for text in texts], np.float64)

    @property
    def embedded(self) -> list[str]:
        """Every text that was ever embedded."""
        return [text for call in self.calls for text in call]


class Scripted:
    """Returns, or raises, what it was given."""

    identity = Identity("fake", "scripted", "1")

    def __init__(self, answer: Callable[[Sequence[str]], Any]) -> None:
        self.answer = answer

    def embed(self, texts: Sequence[str], role: Role) -> Any:
        """Whatever the script says."""
        del role
        return self.answer(texts)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[VectorCache]:
    """An empty cache."""
    with VectorCache(tmp_path / "cache") as cache:
        yield cache


def test_a_text_is_embedded_once(cache: VectorCache) -> None:
    """Twice in one call, again in a later call, again by another object: embedded once, in the order asked for."""
    inner = Recorder()
    cached = Cached(inner, cache)
    first = cached.embed(["甲乙", "b", "甲乙", ""], "query")
    assert first.tolist() == [[2, 30002, 113], [1, 98, 113], [2, 30002, 113], [0, 0, 113]]
    assert first.dtype == np.float32
    assert inner.calls == [["甲乙", "b", ""]]
    assert cached.embedded == 3
    assert cached.embed(["", "c", "b"], "query").tolist() == [[0, 0, 113], [1, 99, 113], [1, 98, 113]]
    assert inner.calls[1:] == [["c"]]
    assert cached.embedded == 4
    later = Cached(again := Recorder(), cache)
    np.testing.assert_array_equal(later.embed(["甲乙", "b", "甲乙", ""], "query"), first)
    assert again.calls == []
    assert later.embedded == 0


def test_roles_are_apart_unless_the_embedder_is_symmetric(cache: VectorCache) -> None:
    """A query's vector is never given out as a document's where the embedder tells them apart."""
    cached = Cached(inner := Recorder(), cache)
    assert cached.embed(["a"], "query")[0, 2] == ord("q")
    assert cached.embed(["a"], "document")[0, 2] == ord("d")
    assert inner.embedded == ["a", "a"]
    cached = Cached(inner := Recorder("other", symmetric=True), cache)
    cached.embed(["a"], "query")
    cached.embed(["a"], "document")
    assert inner.embedded == ["a"]


def test_two_embedders_on_one_folder_never_share(cache: VectorCache) -> None:
    """Another name, revision or option gets vectors of its own."""
    Cached(Recorder("one"), cache).embed(["a"], "query")
    Cached(other := Recorder("two"), cache).embed(["a"], "query")
    assert other.embedded == ["a"]


def test_missing_texts_come_in_batches_longest_first(cache: VectorCache) -> None:
    """Batches hold distinct texts of like length; progress adds up to the texts asked for."""
    told: list[int] = []
    inner = Recorder()
    inner.together = 2
    cached = Cached(inner, cache, told.append)
    cached.embed(["dd"], "query")
    told.clear()
    texts = ["a", "ccc", "dd", "eeee", "a", "bb"]
    vectors = cached.embed(texts, "query")
    assert inner.calls[1:] == [["eeee", "ccc"], ["bb", "a"]]
    assert vectors[:, 0].tolist() == [1, 3, 2, 4, 1, 2]
    assert told == [1, 2, 3]


def test_no_texts_give_no_rows(cache: VectorCache) -> None:
    """Nothing is embedded for nothing."""
    inner = Recorder()
    assert Cached(inner, cache).embed([], "query").shape == (0, 0)
    assert inner.calls == []


def test_an_interrupted_run_goes_on_where_it_stopped(cache: VectorCache) -> None:
    """Batches finished before Ctrl-C, or before a failure, are not embedded again."""
    for error in (KeyboardInterrupt, RuntimeError):
        inner = Recorder(error.__name__)

        def stop(texts: Sequence[str], inner: Recorder = inner, error: type[BaseException] = error) -> Any:
            if "aa" in texts:
                raise error("stopped")
            return inner.embed(texts, "query")

        broken = Scripted(stop)
        broken.identity = inner.identity
        broken.together = 1
        with pytest.raises(KeyboardInterrupt if error is KeyboardInterrupt else EmbedderError, match="stopped"):
            Cached(broken, cache).embed(["a", "aa", "aaa"], "query")
        assert inner.embedded == ["aaa"]
        Cached(inner, cache).embed(["a", "aa", "aaa"], "query")
        assert inner.embedded == ["aaa", "aa", "a"]


SLOW = """
import sys, time
import numpy as np
from pathlib import Path
from harness.embedders.cached import Cached
from harness.embedders.vector_cache import VectorCache
from harness.model import Identity

class Slow:
    identity = Identity("fake", "slow", "1")
    together = 5
    def embed(self, texts, role):
        time.sleep(0.01)
        return np.array([[float(text), 1.0] for text in texts])

with VectorCache(Path(sys.argv[1])) as cache:
    Cached(Slow(), cache, lambda n: print(n, flush=True)).embed([f"{i:04}" for i in range(1000)], "query")
"""


def test_a_killed_process_loses_no_finished_batch(tmp_path: Path) -> None:
    """After kill -9 amid embedding, only what was not acknowledged is embedded, and every vector is right."""
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
    )
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _ in range(20)]
    process.kill()
    told += [int(line) for line in process.communicate()[0].split()]
    inner = Scripted(lambda texts: np.array([[float(text), 1.0] for text in texts]))
    inner.identity = Identity("fake", "slow", "1")
    with VectorCache(tmp_path) as cache:
        cached = Cached(inner, cache)
        vectors = cached.embed([f"{i:04}" for i in range(1000)], "query")
    assert sum(told) <= 1000 - cached.embedded <= sum(told) + 5  # a batch can be stored and not yet told
    assert vectors[:, 0].tolist() == list(range(1000))


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_what_is_not_finite_is_refused_and_not_kept(cache: VectorCache, bad: float) -> None:
    """NaN, infinity and what overflows float32 are refused with the text, and nothing of the batch is stored."""
    text = "采购" * 30
    answers = Scripted(lambda texts: [[bad if text in one else 1.0, 1.0] for one in texts])
    with pytest.raises(EmbedderError, match=r"fake:scripted: .*1 of 2 texts.*'(采购){20}…'"):
        Cached(answers, cache).embed(["fine", text], "query")
    assert cache.info().entries == 0


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda _: np.ones((3, 4)), r"shape \(3, 4\) for 2 texts"),
        (lambda _: np.ones(2), r"shape \(2,\) for 2 texts"),
        (lambda _: np.ones((2, 0)), r"shape \(2, 0\) for 2 texts"),
        (lambda _: np.ones((2, 1, 4)), r"shape \(2, 1, 4\)"),
        (lambda _: None, "array of object"),
        (lambda _: [["a"], ["b"]], "must hold real numbers"),
        (lambda _: np.ones((2, 2), complex), "must hold real numbers"),
        (lambda _: [[1.0], [1.0, 2.0]], "list that is no array"),
        (lambda _: {}["weights"], r"fake:scripted failed with KeyError: 'weights'"),
    ],
)
def test_a_broken_contract_is_an_error_of_the_embedder(
    cache: VectorCache, answer: Callable[[Sequence[str]], Any], message: str
) -> None:
    """Wrong shapes, no numbers, and whatever exception comes are EmbedderError that says what was wrong."""
    with pytest.raises(EmbedderError, match=message):
        Cached(Scripted(answer), cache).embed(["a", "b"], "query")
    assert cache.info().entries == 0


def test_a_changed_dimension_is_refused(cache: VectorCache) -> None:
    """Under one identity all vectors have one dimension: within a call, between calls, and beside cached ones."""
    Cached(Scripted(lambda texts: np.ones((len(texts), 2))), cache).embed(["a"], "query")
    cached = Cached(Scripted(lambda texts: np.ones((len(texts), 3))), cache)
    with pytest.raises(EmbedderError, match="of 3 dimensions, and of 2 before"):
        cached.embed(["a", "b"], "query")
    growing = Scripted(lambda texts: np.ones((len(texts), len(texts[0]))))
    growing.together = 1
    cached = Cached(growing, cache)
    with pytest.raises(EmbedderError, match="of 3 dimensions, and of 4 before"):
        cached.embed(["four", "two"], "document")
    with pytest.raises(EmbedderError, match="there are vectors of 2 dimensions in the cache, and of 4"):
        cached.embed(["a"], "query")


def test_vectors_become_float32_rows() -> None:
    """Lists, integers, half floats and columns in another order are taken as they are meant."""
    expected = np.array([[1, 2], [3, 4]], np.float32)
    for given in ([[1, 2], [3, 4]], expected.astype(np.int8), expected.astype(np.float16), np.asfortranarray(expected)):
        vectors = check_vectors(given, ["a", "b"])
        np.testing.assert_array_equal(vectors, expected)
        assert vectors.dtype == np.float32
        assert vectors.flags.c_contiguous
    assert check_vectors([], [], 5).shape == (0, 5)


def test_findings_are_the_inner_embedders(cache: VectorCache) -> None:
    """An embedder is asked about the distinct texts since it was last asked, cached ones too; most notice nothing."""

    def findings(inner: Recorder, *texts: str) -> list[Finding]:
        cached = Cached(inner, cache)
        cached.embed(texts, "query")
        return [finding for finding in cached.findings() if not finding.name.startswith("determinism")]

    assert findings(Recorder(), "a") == []
    inner = Recorder("noticing")
    inner.findings = lambda texts: [Finding("letters", float(len("".join(texts))), "in all")]
    for _ in ("new", "cached"):
        assert findings(inner, "a", "bc", "a") == [Finding("letters", 3.0, "in all")]
    inner.findings = lambda texts: [Finding("letters", float("nan"), f"of {len(texts)}")]
    with pytest.raises(EmbedderError, match="not finite"):
        findings(inner, "new")
    inner.findings = lambda texts: texts.missing
    with pytest.raises(EmbedderError, match="failed with AttributeError"):
        findings(inner, "new")


def test_harness_errors_stay_as_they_are() -> None:
    """An error that already says what to do is not wrapped, nor is an interrupt caught."""

    def fail(error: BaseException) -> None:
        raise error

    for error in (UsageError("what to do"), KeyboardInterrupt("now")):
        with pytest.raises(type(error)) as caught:
            called("fake", lambda error=error: fail(error))
        assert caught.value is error
    with pytest.raises(EmbedderError, match="fake failed with ValueError: odd") as wrapped:
        called("fake", lambda: fail(ValueError("odd")))
    assert isinstance(wrapped.value.__cause__, ValueError)
    with pytest.raises(EmbedderError, match="fake failed with SystemExit: 0"):
        called("fake", lambda: fail(SystemExit(0)))


def test_opening_reports_what_keeps_an_embedder_from_opening(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown backend is a mistake of the user; an exception of a backend is a failure of the embedder."""
    assert open_embedder(parse_spec("baseline:hashing")).identity.name == "hashing"
    with pytest.raises(UsageError, match="nosuch"):
        open_embedder(parse_spec("nosuch:model"))
    monkeypatch.setattr("harness.embedders.baseline.open_baseline", lambda spec: spec.weights)
    with pytest.raises(EmbedderError, match="baseline:hashing failed with AttributeError"):
        open_embedder(parse_spec("baseline:hashing"))
