"""BM25: ranking by shared words, the method that any embedding has to beat.

The formula is Robertson and Zaragoza (2009), "The Probabilistic Relevance Framework: BM25 and Beyond", with the
always positive idf of Lucene's BM25Similarity and without its constant factor k1 + 1 (Kamphuis et al., 2020):

    score(q, d) = Σ over terms t of q   idf(t) · tf / (tf + k1 · (1 − b + b · |d| / mean |d|))
    idf(t)      = ln(1 + (N − df + ½) / (df + ½))

The inverted index is these few lines of numpy and not the package bm25s: that one imports numba and jax where
they are installed (seconds), costs 0.13 s without them, and breaks ties arbitrarily. The scores are the same; a
test compares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import Stemmer

from harness.diagnostics.scripts import runs
from harness.embedders.facts import PLAIN, Facts
from harness.embedders.options import deciding, options
from harness.errors import UsageError
from harness.model import Floats, Identity, Index, Ranking, Spec
from harness.search import ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_DEFAULTS = {"k1": 1.5, "b": 0.75, "stemmer": "english"}

_VERSION = "1+lucene33+bigrams"
"""Of the tokenizer and the formula: raised whenever a score can change."""

STOP_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no", "not",
    "of", "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was",
    "will", "with",
})  # fmt: skip
"""Lucene's 33 English stop words."""


class BM25:
    """A Ranker and a Reranker. Options: k1 (1.5), b (0.75), stemmer (english or none).

    Tokens: words are lower-cased, English stop words dropped, then Snowball-stemmed. Runs of Han, kana and
    Hangul become overlapping pairs of characters, a lone character itself, as in Lucene's CJKAnalyzer. On the
    Chinese XQuAD passages these pairs are as good as the segmenter jieba (nDCG@10 0.961 and 0.962) and need no
    dictionary.
    """

    def __init__(self, spec: Spec) -> None:
        if spec.name:
            raise UsageError(f"{spec.text}: bm25 has no model names; write bm25:")
        given = options(spec, _DEFAULTS)
        self.k1 = given.number("k1", 1.5, 0.0, 1000.0)
        self.b = given.number("b", 0.75, 0.0, 1.0)
        self.stemmer = given.choice("stemmer", "english", ("english", "none"))
        self.identity = Identity(
            backend="bm25",
            name="",
            revision=_VERSION,
            options=deciding({"k1": self.k1, "b": self.b, "stemmer": self.stemmer}, _DEFAULTS),
            symmetric=True,
        )

    def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Ranking:
        """The best k documents of each query; a document that shares no term with it is no answer.

        At equal scores (as float32) the document that comes first wins.
        """
        index = build_index([self.terms(text) for text in documents], self.k1, self.b)
        indices = np.full((len(queries), k), -1, dtype=np.intp)
        scores = np.full((len(queries), k), -np.inf, dtype=np.float32)
        for row, query in enumerate(queries):
            found, values = best(index.score(self.terms(query)), k)
            indices[row, : len(found)] = found
            scores[row, : len(found)] = values
        return Ranking(indices, scores)

    def rerank(self, queries: Sequence[str], documents: Sequence[str], candidates: Sequence[Index]) -> Ranking:
        """All candidates of each query, best first, with the scores that they have in `rank`.

        Words are counted over all `documents`. Candidates that share no term come last, with the score 0.
        """
        index = build_index([self.terms(text) for text in documents], self.k1, self.b)
        scored = (index.score(self.terms(query))[places] for query, places in zip(queries, candidates, strict=True))
        return ordered(candidates, list(scored))

    def facts(self) -> Facts:
        """There is no model."""
        return PLAIN

    def terms(self, text: str) -> list[str]:
        """The terms of a text, in their order, repeated as in the text."""
        pairs: list[str] = []
        words: list[str] = []
        for run, unspaced in runs(text):
            if unspaced:
                pairs.extend(_pairs(run))
            elif (word := run.lower()) not in STOP_WORDS:
                words.append(word)
        return self._stem(words) + pairs

    @cached_property
    def _stem(self) -> Callable[[list[str]], list[str]]:
        if self.stemmer == "none":
            return list
        stem: Callable[[list[str]], list[str]] = Stemmer.Stemmer("english").stemWords
        return stem


@dataclass(frozen=True)
class InvertedIndex:
    """For each term, the documents that hold it and what it adds to their scores.

    The postings of the term numbered t stand from starts[t] to starts[t + 1] in documents and weights.
    """

    vocabulary: dict[str, int]
    starts: Index
    documents: Index
    weights: Floats
    size: int

    def score(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """The score of every document; 0 exactly where it shares no term."""
        scores = np.zeros(self.size)
        for term in terms:
            number = self.vocabulary.get(term)
            if number is not None:
                postings = slice(self.starts[number], self.starts[number + 1])
                scores[self.documents[postings]] += self.weights[postings]
        return scores.astype(np.float32)


def build_index(documents: Sequence[Sequence[str]], k1: float, b: float) -> InvertedIndex:
    """Index documents that are already taken apart into terms."""
    size = len(documents)
    vocabulary: dict[str, int] = {}
    numbers = [vocabulary.setdefault(term, len(vocabulary)) for terms in documents for term in terms]
    lengths = np.array([len(terms) for terms in documents], dtype=np.int64)
    owners = np.repeat(np.arange(size), lengths)
    # One integer per occurrence, ordered by term and then document, counts them all at once.
    keys, counts = np.unique(np.array(numbers, dtype=np.int64) * size + owners, return_counts=True)
    terms, holders = keys // max(size, 1), keys % max(size, 1)
    frequency = np.bincount(terms, minlength=len(vocabulary))
    idf = np.log1p((size - frequency + 0.5) / (frequency + 0.5))
    norm = k1 * (1 - b + b * lengths * size / max(lengths.sum(), 1))
    weights = idf[terms] * counts / (counts + norm[holders])
    starts = np.concatenate([[0], np.cumsum(frequency)])
    return InvertedIndex(vocabulary, starts, holders, weights, size)


def best(scores: NDArray[np.float32], k: int) -> tuple[Index, NDArray[np.float32]]:
    """At most k positions whose score is above 0, best first, at a tie the lower first; their scores."""
    found = np.flatnonzero(scores)
    if len(found) > k > 0:
        # Sorting only what can be among the best k: a frequent word is in most documents.
        found = found[scores[found] >= np.partition(scores[found], -k)[-k]]
    order = np.argsort(-scores[found], kind="stable")[:k]
    return found[order], scores[found[order]]


def _pairs(run: str) -> Sequence[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
