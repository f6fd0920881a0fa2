"""Word vectors: word2vec (text and binary), GloVe, fastText's .vec, and these as .gz, through gensim."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from traceback import clear_frames
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.diagnostics.scripts import runs
from harness.embedders.facts import LOCAL, Facts, extra
from harness.embedders.options import deciding, options
from harness.embedders.tokenising import Tokens, located
from harness.embedders.vectors_file import detect, first_fault
from harness.embedders.weights import digest
from harness.errors import EmbedderError, MissingExtraError, UsageError
from harness.model import Finding, Identity, Role, Spec, Vectors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.embedders.tokenising import Tokenizer

_LONGEST_WORD = 16
"""Characters: how far the search for a word in unspaced text looks ahead, whatever the vocabulary holds."""


class WordVectors:
    """`vectors:/path/to/file`: a text's vector is the mean of its words' vectors.

    Options: binary (true or false; left out, the file is looked at), limit (read only that many words).

    Words of spaced scripts are looked up in lower case, and as written where only that is known. Chinese,
    Japanese and Korean runs are cut by greedy longest match against the file's own vocabulary, from left to
    right; a character that starts no known word is an unknown token. So no segmenter is needed, and none can
    disagree with the one that the vectors were trained with. A text without a known token gets the zero vector;
    `findings` counts them.
    """

    def __init__(self, spec: Spec) -> None:
        if not spec.name:
            raise UsageError(f"{spec.text}: name the file of word vectors, as in vectors:/path/to/words.vec.gz")
        given = options(spec, ("binary", "limit"))
        self.path = Path(spec.name).expanduser()
        self._binary = given.flag("binary", default=False) if "binary" in spec.options else None
        self._limit = given.integer("limit", None)
        self.identity = Identity(
            backend="vectors",
            name=self.path.name,
            revision=digest([self.path]),
            options=deciding({"limit": self._limit}, {"limit": None}),
            symmetric=True,
        )

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:  # noqa: ARG002  # the same in every role
        """Vectors of `texts`, n × d. Raises EmbedderError, with the line where it can, for a malformed file."""
        vectors = np.zeros((len(texts), self._words.vector_size), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            known = [self._rows[token] for token in self._tokens(text) if token in self._rows]
            if known:
                row[:] = self._words.vectors[known].mean(axis=0)
        return vectors

    def findings(self, texts: Sequence[str]) -> tuple[Finding, ...]:
        """The share of the texts that have no word with a vector; nothing about no texts.

        That of the tokens is a matter of the tokenizer, like any other's.
        """
        if not texts:
            return ()
        unknown = sum(not any(token in self._rows for token in self._tokens(text)) for text in texts)
        note = f"{unknown} of {len(texts)} texts have no known token: zero vectors"
        return (Finding("oov_texts", unknown / len(texts), note),)

    def facts(self) -> Facts:
        """Its words times its dimensions, all of them the table; known once the file is read."""
        words = self.__dict__.get("_words")
        size = None if words is None else len(words.key_to_index) * int(words.vector_size)
        return replace(
            LOCAL,
            parameters=size,
            embedding_parameters=size,
            disk_bytes=self.path.stat().st_size,
            device="cpu",
            install=extra("vectors"),
        )

    @property
    def tokenizer(self) -> Tokenizer:
        """Tokens are the words that a text is cut into; unknown is one without a vector."""
        return self

    def tokenise(self, texts: Sequence[str]) -> Sequence[Tokens]:
        """The words of each text; their places are looked for in it."""
        found = [list(self._tokens(text)) for text in texts]
        flags = [np.array([token not in self._rows for token in own], np.bool_) for own in found]
        return [Tokens(located(text, own), unknown) for text, own, unknown in zip(texts, found, flags, strict=True)]

    def room(self, role: Role) -> int | None:  # noqa: ARG002  # the same in every role
        """All of a text is read."""
        return None

    def _tokens(self, text: str) -> Iterator[str]:
        return tokens(text, self._rows, self._longest)

    @property
    def _rows(self) -> Mapping[str, int]:
        rows: Mapping[str, int] = self._words.key_to_index
        return rows

    @cached_property
    def _longest(self) -> int:
        return min(_LONGEST_WORD, max(map(len, self._rows), default=1))

    @cached_property
    def _words(self) -> Any:
        try:
            # 0.8 s, of which most is scipy and smart_open.
            from gensim.models.keyedvectors import KeyedVectors
        except ModuleNotFoundError as error:
            raise MissingExtraError("gensim", "vectors") from error
        form = detect(self.path, binary=self._binary)
        with warnings.catch_warnings():
            # gensim 4.4 leaves one of its two handles on a file without a header to the garbage collector.
            warnings.simplefilter("ignore", ResourceWarning)
            try:
                return KeyedVectors.load_word2vec_format(
                    str(self.path),
                    binary=form.binary,
                    no_header=not form.header,
                    limit=self._limit,
                    # word2vec's own tool cuts words off inside a character; such a word is merely never found.
                    unicode_errors="replace",
                )
            except (OSError, EOFError, ValueError) as error:
                clear_frames(error.__traceback__)  # lets go of that handle while its warning is ignored
                where = "" if form.binary else first_fault(self.path, form)
                raise EmbedderError(f"{self.path.absolute()}{where}: not readable as {form}: {error}") from error


def tokens(text: str, vocabulary: Mapping[str, int], longest: int) -> Iterator[str]:
    """The tokens of a text as the vocabulary has them; an unknown one as it stands in the text."""
    for run, unspaced in runs(text):
        if unspaced:
            yield from _longest_matches(run, vocabulary, longest)
        else:
            lowered = run.lower()
            yield run if lowered not in vocabulary and run in vocabulary else lowered


def _longest_matches(run: str, vocabulary: Mapping[str, int], longest: int) -> Iterator[str]:
    start = 0
    while start < len(run):
        ends = range(min(len(run), start + longest), start, -1)
        end = next((end for end in ends if run[start:end] in vocabulary), start + 1)
        yield run[start:end]
        start = end
