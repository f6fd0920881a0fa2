"""The first layer of a transformer alone: `tokens:NAME-or-FOLDER`, the mean of its tokens' input embeddings.

What the encoder behind it adds is the difference from `st:` with the same model.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.hf_tokenizer import TransformersTokenizer
from harness.embedders.options import options
from harness.embedders.st.facts import st_facts
from harness.embedders.st.identity import file_of, locate
from harness.embedders.st.tokenizer import load_tokenizer
from harness.embedders.weight_files import TOKEN_TABLES
from harness.errors import EmbedderError, MissingExtraError
from harness.model import Identity, Role, Spec, Vectors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from harness.embedders.facts import Facts

_ONE, _INDEX = "model.safetensors", "model.safetensors.index.json"
_ROLES: dict[Role, str] = {"query": "", "document": "", "either": ""}


class TokenEmbeddings:
    """An embedder from a folder or the hub. Option: revision. Special tokens are left out, no text is cut.

    Only the embedding matrix is read from the weights, which must be safetensors. A text without a token gets the zero
    vector. Raises UsageError and EmbedderError on construction, which loads nothing.
    """

    def __init__(self, spec: Spec) -> None:
        revision = options(spec, ("revision",)).text("revision", None)
        self._spec = spec
        self._checkpoint = locate(replace(spec, backend="st"), revision)
        self.identity = Identity("tokens", self._checkpoint.name, self._checkpoint.revision, symmetric=True)
        self._first = next((module["path"] for module in self._checkpoint.modules()), "")
        self.tokenizer = TransformersTokenizer(
            lambda: load_tokenizer(self._checkpoint, self._first), lambda _: None, _ROLES
        )

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:  # noqa: ARG002  # the same in every role
        """Vectors of `texts`, n × d. Raises EmbedderError when the weights hold no such matrix."""
        vectors = np.zeros((len(texts), self._table.shape[1]), np.float32)
        for row, ids in zip(vectors, self.tokenizer.ids(texts), strict=True):
            if ids:
                row[:] = self._table[ids].mean(axis=0, dtype=np.float64)
        return vectors

    def facts(self) -> Facts:
        """The table alone is loaded, of files that hold the whole model."""
        table = self.__dict__.get("_table")
        size = None if table is None else int(table.size)
        whole = st_facts(self._checkpoint, "torch", None)
        return replace(whole, parameters=size, embedding_parameters=size, device="cpu")

    @cached_property
    def _table(self) -> NDArray[np.float32]:
        try:
            # torch because numpy has no bfloat16.
            import torch
            from safetensors import SafetensorError, safe_open
        except ModuleNotFoundError as error:
            raise MissingExtraError(error.name or "safetensors", "st") from error
        file, name = self._place()
        try:
            with safe_open(file, framework="pt") as weights:
                found = name or _input_embeddings(weights.keys(), str(file))
                return np.ascontiguousarray(weights.get_tensor(found).to(torch.float32).numpy())
        except (OSError, SafetensorError) as error:
            raise EmbedderError(f"{self._spec.text}: {file} cannot be read: {error}") from error

    def _place(self) -> tuple[Path, str]:
        """The file with the matrix, and the matrix's name where an index of several files says it."""
        shards = self._checkpoint.table(self._below(_INDEX)).get("weight_map", {})
        name = _input_embeddings(shards, _INDEX) if shards else ""
        wanted = self._below(shards[name] if shards else _ONE)
        source = self._checkpoint.source
        file = file_of(self._checkpoint, wanted)
        if file is None or not file.is_file():
            raise EmbedderError(f"{self._spec.text}: there is no {wanted} in {source}; only safetensors can be read")
        return file, name

    def _below(self, file: str) -> str:
        return f"{self._first}/{file}".lstrip("/")


def _input_embeddings(names: Any, where: str) -> str:
    """The name of the matrix among those in a file."""
    for ending in TOKEN_TABLES:
        # The shortest: what stands deeper belongs to a decoder, or to another tower.
        found = sorted((name for name in names if f".{name}".endswith(f".{ending}")), key=len)
        if found:
            return str(found[0])
    raise EmbedderError(f"{where} holds no input embeddings under a name that is known: {', '.join(TOKEN_TABLES)}")
