"""Static embeddings: a table of token vectors that are averaged, as model2vec saves them."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.facts import LOCAL, Facts, extra
from harness.embedders.hf_tokenizer import PlainTokenizer
from harness.embedders.options import deciding, options
from harness.embedders.weight_files import card_licence, counted, disk_bytes
from harness.embedders.weights import digest
from harness.errors import EmbedderError, MissingExtraError, UsageError
from harness.model import Identity, Role, Spec, Vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.embedders.tokenising import Tokenizer

_LONGEST = 512
"""Tokens that model2vec reads of a text where a model does not say."""


class StaticEmbedder:
    """`static:/path/to/folder`, through model2vec. Option dimensions: keep that many leading numbers, unscaled.

    As model2vec does by itself, a text longer than the model's own max_length (512 tokens where it says
    nothing) is cut, and a text without a known token gets the zero vector.
    """

    def __init__(self, spec: Spec) -> None:
        if not spec.name:
            raise UsageError(f"{spec.text}: name the folder of a model2vec model, as in static:/path/to/potion-base-8M")
        self.folder = Path(spec.name).expanduser()
        self.dimensions = options(spec, ("dimensions",)).integer("dimensions", None)
        self.identity = Identity(
            backend="static",
            name=self.folder.resolve().name,
            revision=digest(self.folder),
            options=deciding({"dimensions": self.dimensions}, {"dimensions": None}),
            symmetric=True,
        )

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:  # noqa: ARG002  # the same in every role
        """Vectors of `texts`, n × dimensions. Raises EmbedderError when the folder holds no such model."""
        width = self._width()
        if not texts:
            return np.zeros((0, width), dtype=np.float32)
        # More processes would be started from 10,000 texts on, which costs more than it gains here.
        vectors = self._model.encode(list(texts), use_multiprocessing=False)
        return np.ascontiguousarray(vectors[:, :width], dtype=np.float32)

    def facts(self) -> Facts:
        """From the folder's files; its table is the whole model."""
        found = counted(self.folder.glob("*.safetensors"))
        return replace(
            LOCAL,
            parameters=found.parameters if found else None,
            embedding_parameters=found.embedding if found else None,
            disk_bytes=disk_bytes(self.folder),
            licence=card_licence(self.folder),
            device="cpu",
            install=extra("static"),
        )

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The folder's own; unknown tokens, which the model leaves out, count against its max_length all the same."""
        return PlainTokenizer(self._load_tokenizer, _unknown, self._read_longest)

    def _load_tokenizer(self) -> Any:
        try:
            from tokenizers import Tokenizer as Loaded
        except ModuleNotFoundError as error:
            raise MissingExtraError("tokenizers", "static") from error
        loaded = Loaded.from_file(str(self.folder / "tokenizer.json"))
        loaded.no_padding()
        loaded.no_truncation()
        return loaded

    def _read_longest(self) -> int | None:
        configuration = json.loads((self.folder / "config.json").read_text("utf-8"))
        longest = configuration.get("max_length", _LONGEST)
        return None if longest is None else int(longest)

    def _width(self) -> int:
        whole = int(self._model.dim)
        if self.dimensions is not None and self.dimensions > whole:
            raise UsageError(f"{self.folder}: dimensions={self.dimensions}, but the model has {whole}")
        return self.dimensions or whole

    @cached_property
    def _model(self) -> Any:
        try:
            from model2vec import StaticModel
            from safetensors import SafetensorError
        except ModuleNotFoundError as error:
            raise MissingExtraError("model2vec", "static") from error
        try:
            return StaticModel.from_pretrained(self.folder)
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise EmbedderError(f"{self.folder.absolute()} is not a model2vec model: {error}") from error


def _unknown(tokenizer: Any) -> int | None:
    """The number of the token for what is unknown, as model2vec finds it."""
    token = json.loads(tokenizer.to_str())["model"].get("unk_token")
    number: int | None = None if token is None else tokenizer.token_to_id(token)
    return number
