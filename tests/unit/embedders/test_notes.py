"""What is found out about an embedder once, and kept beside its vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.diagnostics.determinism import PROBES
from harness.embedders.cached import Cached
from harness.embedders.contract import Checked
from harness.embedders.noticing import counted
from harness.embedders.pair_scores import PairTexts
from harness.embedders.tokenising import Estimate, Tokens
from harness.embedders.vector_cache import VectorCache, note_key
from harness.model import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from harness.model import Finding, Role


class Words:
    """A tokenizer: words at blanks; `?` is unknown; 3 fit into a query, any number into a document."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        """At the places of the words."""
        self.calls.append(list(texts))
        return [
            Tokens(one.spans, np.array([text[start] == "?" for start, _ in one.spans], np.bool_))
            for text, one in zip(texts, Estimate().tokenise(texts), strict=True)
        ]

    def room(self, role: Role) -> int | None:
        """By role."""
        return 3 if role == "query" else None


class Model:
    """Embeds a text as its length, bent by `bend(rows, texts)`; remembers what it was asked."""

    def __init__(self, bend: Callable[[Any, Sequence[str]], Any] = lambda rows, _: rows, name: str = "one") -> None:
        self.identity = Identity("fake", name, "1")
        self.bend = bend
        self.tokenizer = Words()
        self.calls: list[list[str]] = []

    def embed(self, texts: Sequence[str], role: Role) -> Any:
        """n × 2."""
        del role
        self.calls.append(list(texts))
        return self.bend(np.array([[len(text), 7.0] for text in texts], np.float64).reshape(-1, 2), texts)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[VectorCache]:
    """An empty cache."""
    with VectorCache(tmp_path / "cache") as cache:
        yield cache


def found(cached: Cached, *texts: str, role: Role = "query") -> dict[str, Finding]:
    """The findings about some texts, by name."""
    cached.embed(texts, role)
    return {finding.name: finding for finding in cached.findings()}


def test_tokens_are_counted_by_role() -> None:
    """`a b c d` is cut as a query; `采购` is two Han characters and tokens; `?` is unknown."""
    counts = counted(Words(), {"query": ["a b c d", "采购 ?"], "document": ["a b c d"]})
    assert counts.tokens.tolist() == [4, 3, 4]
    assert counts.kept.tolist() == [3, 3, 4]
    assert counts.unknown == 1
    assert counts.scripts == {"Han": (2, 2), "Latin": (8, 8)}


def test_findings_of_a_tokenizer_are_recorded(cache: VectorCache) -> None:
    """With the warning that is due where a text is cut."""
    findings = found(Cached(Model(), cache), "a b c d", "采购 ?")
    assert findings["unknown_tokens"].value == pytest.approx(1 / 7)
    assert findings["cut_texts"].warning
    assert findings["cut_texts"].note == "50 % of the texts are cut at 3 tokens; 25 % of their tokens are lost"


def test_nothing_is_asked_twice(cache: VectorCache) -> None:
    """A second run asks neither the model nor its tokenizer; other texts are counted, the model is not tried again."""
    first = found(Cached(Model(), cache), "a b", "c")
    again = Model()
    assert found(Cached(again, cache), "a b", "c") == first
    assert (again.calls, again.tokenizer.calls) == ([], [])
    found(Cached(again, cache), "a b", "d")
    assert (again.calls, again.tokenizer.calls) == ([["d"]], [["a b", "d"]])
    found(Cached(again, cache), "a b", "c", role="document")
    assert again.tokenizer.calls[1:] == [["a b", "c"]]
    other = Model(name="two")
    found(Cached(other, cache), "a b", "c")
    assert other.tokenizer.calls == [["a b", "c"]]


def test_probes_are_no_texts_of_the_suite(cache: VectorCache) -> None:
    """They are not counted as embedded, not told as progress, and not kept as vectors."""
    told: list[int] = []
    cached = Cached(Model(), cache, told.append)
    found(cached, "a", "b")
    assert cached.embedded == sum(told) == cache.info().entries == 2


def test_no_texts_are_no_findings_but_those_of_the_model(cache: VectorCache) -> None:
    """As where a suite has pictures only."""
    assert {name.partition("_")[0] for name in found(Cached(Model(), cache))} == {"determinism"}


@pytest.mark.parametrize(
    ("bend", "name"),
    [
        # 8-bit activations that are scaled by the largest in the batch.
        (lambda rows, _: np.round(rows / (s := np.abs(rows).max() / 127)) * s, "determinism_batch"),
        (lambda rows, texts: rows + np.arange(len(texts))[:, None] * [[0, 50]], "determinism_order"),
    ],
)
def test_an_unsteady_model_is_warned_of(cache: VectorCache, bend: Callable[..., Any], name: str) -> None:
    """With the distance, in every run."""
    for _ in "ab":
        findings = found(Cached(Model(bend), cache), "a")
        assert findings[name].warning
        assert findings[name].value is not None
        assert findings[name].value > 1e-3
        assert findings["determinism_repeat"].value == 0.0


def test_a_steady_model_is_said_to_be(cache: VectorCache) -> None:
    """Three zeros."""
    findings = found(Cached(Model(), cache), "a")
    values = [findings[f"determinism_{way}"].value for way in ("repeat", "batch", "order")]
    assert values == [0.0, 0.0, 0.0]


def test_what_could_not_be_tried_is_tried_again(cache: VectorCache) -> None:
    """A model that fails on a probe, or whose tokenizer cannot be loaded, has sound vectors all the same."""

    def refuse(rows: Any, texts: Sequence[str]) -> Any:
        return rows if set(texts).isdisjoint(PROBES[1:]) else rows.missing

    broken = Model(refuse)
    broken.tokenizer.tokenise = lambda texts: texts.missing  # type: ignore[method-assign,attr-defined]  # a broken one
    findings = found(Cached(broken, cache), "x")
    assert findings.keys() == {"determinism", "tokens"}
    assert all(one.value is None and "could not be found out: fake:one failed" in one.note for one in findings.values())
    assert "tokens_per_text" in found(Cached(Model(), cache), "x")


def test_scores_of_pairs_are_not_tried(cache: VectorCache) -> None:
    """A cross-encoder reads pairs, which no probe is, and has no vectors that could have an angle."""

    class Scorer:
        """Scores nothing."""

        identity = Identity("fake", "scorer", "1")

        def score(self, pairs: Sequence[tuple[str, str]]) -> Any:
            """One number each."""
            return np.array([len(query) for query, _ in pairs], np.float64)

    cached = Cached(Checked(PairTexts(Scorer()), probes=()), cache)
    assert cached.embed(['["a", "b"]'], "either").tolist() == [[1.0]]
    assert list(cached.findings()) == []


def test_notes_are_no_vectors(cache: VectorCache) -> None:
    """`info` counts vectors only, a note is not found as one, and `clear` deletes both."""
    key = note_key(Model().identity, "what", ["采购", "\ud800"])
    assert cache.note(key) is None
    cache.keep(key, {"note": "采购", "value": None})
    assert cache.note(key) == {"note": "采购", "value": None}
    cache.keep(key, "later")
    assert cache.note(key) == {"note": "采购", "value": None}
    assert cache.info().entries == 0
    cache.put([b"note:6789abcdef0", b"n" * 16], np.ones((2, 3), np.float32))
    assert cache.info().entries == 2
    cache.clear()
    assert cache.info().entries == 0
    assert cache.note(key) is None


def test_keys_of_notes_tell_texts_apart() -> None:
    """By their order and their borders; by the embedder, and by what is noted."""
    identity = Model().identity
    keys = {note_key(identity, "a", texts) for texts in ([], ["ab"], ["a", "b"], ["b", "a"], ["", "ab"])}
    keys |= {note_key(identity, "b", ["ab"]), note_key(Model(name="two").identity, "a", ["ab"])}
    assert len(keys) == 7
