"""WordLlama: a table of token vectors that are averaged; very fast, and reads every script byte by byte."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.hf_tokenizer import PlainTokenizer
from harness.embedders.packaged.package import Package
from harness.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from harness.embedders.facts import Facts
    from harness.embedders.tokenising import Tokenizer
    from harness.model import Role, Spec, Vectors

_WEIGHTS = "weights/l2_supercat_256.safetensors"
_TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"

PACKAGE = Package(
    name="wordllama",
    distribution="wordllama",
    version="0.4.0.post1",
    module="wordllama",
    licence="MIT",
    model_licence="MIT; derived from the token table of Llama 2 (Llama 2 Community License)",
    provenance="WordLlama l2_supercat, 256 dimensions",
    languages="en; other languages weakly",
    dimension=256,
    files=(_WEIGHTS, _TOKENIZER),
)


class WordLlama:
    """`packaged:wordllama`: the mean of the vectors of a text's tokens, without special tokens, not normalised.

    The table and the tokenizer are read without the package's own code. That imports requests and pydantic (0.2
    s), sets up logging for the whole process, and looks for the tokenizer in a folder that it does not ship,
    then on the network.
    """

    def __init__(self, spec: Spec) -> None:
        self.identity = PACKAGE.identity(spec)

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:  # noqa: ARG002  # the same in every role
        """Vectors of `texts`, n × 256; the zero vector for the empty text."""
        vectors = np.zeros((len(texts), PACKAGE.dimension), dtype=np.float32)
        encodings = self._loaded.encode_batch(list(texts), add_special_tokens=False)
        for row, encoding in zip(vectors, encodings, strict=True):
            if encoding.ids:
                row[:] = self._table[encoding.ids].mean(axis=0)
        return vectors

    def facts(self) -> Facts:
        """What its package says."""
        return PACKAGE.facts()

    @cached_property
    def _table(self) -> NDArray[np.float32]:
        try:
            from safetensors.numpy import load_file
        except ModuleNotFoundError as error:
            raise MissingExtraError("safetensors", PACKAGE.extra) from error
        stored = load_file(PACKAGE.folder() / _WEIGHTS)["embedding.weight"]
        return stored.astype(np.float32)

    @property
    def tokenizer(self) -> Tokenizer:
        """The package's own: it reads texts of any length, and knows every byte."""
        return PlainTokenizer(lambda: self._loaded)

    @cached_property
    def _loaded(self) -> Any:
        try:
            from tokenizers import Tokenizer as Loaded
        except ModuleNotFoundError as error:
            raise MissingExtraError("tokenizers", PACKAGE.extra) from error
        tokenizer = Loaded.from_file(str(PACKAGE.folder() / _TOKENIZER))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer
