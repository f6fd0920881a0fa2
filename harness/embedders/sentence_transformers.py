"""Models of sentence-transformers: `st:NAME-or-FOLDER?option=value&…`.

Options that decide the vectors: revision, dtype, max_length, pooling, backend, query_prompt, document_prompt,
trust_remote_code. Options that do not: device, batch_size.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.options import deciding, options
from harness.embedders.st_batches import can_batch, encode
from harness.embedders.st_identity import is_symmetric, locate, prompts
from harness.embedders.st_loading import loaded
from harness.embedders.st_pictures import apart, takes_pictures
from harness.embedders.st_pooling import POOLINGS, own_pooling, use_pooling
from harness.embedders.st_tokenizer import st_tokenizer
from harness.errors import EmbedderError, MissingExtraError, UsageError
from harness.model import Identity, Role, Spec, Vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.embedders.tokenising import Tokenizer

_DEFAULTS = {
    "dtype": "float32",
    "backend": "torch",
    "max_length": None,
    "pooling": None,
    "query_prompt": None,
    "document_prompt": None,
    "trust_remote_code": "false",
}
"""Options that decide the vectors, all but the revision."""

_KNOWN = (*_DEFAULTS, "revision", "device", "batch_size")

_RUNTIMES = {"torch": (), "onnx": ("optimum", "onnxruntime"), "openvino": ("optimum", "openvino")}

_LIBRARY_BATCH_SIZE = 32


@dataclass(frozen=True)
class Settings:
    """The options of a spec. None leaves the choice to the model or the library."""

    dtype: str
    backend: str
    max_length: int | None
    pooling: str | None
    query_prompt: str | None
    document_prompt: str | None
    trust_remote_code: bool
    revision: str | None
    device: str | None
    batch_size: int | None

    def prompts(self) -> dict[Role, str]:
        """The prompts that the user gave; an empty one switches the model's own off."""
        given: dict[Role, str | None] = {"query": self.query_prompt, "document": self.document_prompt}
        return {role: prompt for role, prompt in given.items() if prompt is not None}

    def deciding(self) -> tuple[tuple[str, str], ...]:
        """Those that belong into an Identity."""
        values = {name: getattr(self, name) for name in _DEFAULTS}
        return deciding(values | {"trust_remote_code": str(self.trust_remote_code).lower()}, _DEFAULTS)


def read_settings(spec: Spec) -> Settings:
    """The options of `spec`, typed. Raises UsageError for an unknown one or a value that does not fit."""
    given = options(spec, _KNOWN)
    settings = Settings(
        dtype=given.choice("dtype", "float32", ("bfloat16", "float16", "float32")),
        backend=given.choice("backend", "torch", ("onnx", "openvino", "torch")),
        max_length=given.integer("max_length", None),
        pooling=given.choice("pooling", "", POOLINGS) if "pooling" in spec.options else None,
        query_prompt=given.text("query_prompt", None),
        document_prompt=given.text("document_prompt", None),
        trust_remote_code=given.flag("trust_remote_code", default=False),
        revision=given.text("revision", None),
        device=given.text("device", None),
        batch_size=given.integer("batch_size", None),
    )
    if settings.backend != "torch" and settings.pooling:
        raise UsageError(f"{spec.text}: pooling is for backend=torch")
    if settings.backend != "torch" and settings.dtype != "float32":
        raise UsageError(f"{spec.text}: dtype is for backend=torch; an exported model has its own precision")
    return settings


class SentenceTransformersEmbedder:
    """A model of sentence-transformers, from a folder or from the hub, loaded when the first text comes.

    Its vectors are those of `SentenceTransformer.encode_query`, `encode_document` and (either) `encode` under
    the model's own prompts. A document prompt called `passage` or `corpus` is honoured, and so is a default
    prompt in every role, as the library documents but, from version 5 on, does not do.

    Raises MissingExtraError, UsageError and EmbedderError on construction, which loads no weights.
    """

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._settings = read_settings(spec)
        _check_installed(self._settings.backend)
        self._checkpoint = locate(spec, self._settings.revision)
        if self._settings.pooling and self._settings.pooling == own_pooling(self._checkpoint):
            self._settings = replace(self._settings, pooling=None)
        self._prompts = prompts(self._checkpoint, self._settings.prompts())
        self.identity = Identity(
            backend="st",
            name=self._checkpoint.name,
            revision=self._checkpoint.revision,
            options=self._settings.deciding(),
            symmetric=is_symmetric(self._checkpoint, self._prompts),
        )

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of `texts`, n × d. Raises EmbedderError when the model cannot be loaded, or a picture not decoded."""
        if not texts:
            return self.embed(["a"], role)[:0]
        vectors = apart(
            texts,
            lambda texts: self._of_texts(texts, role),
            lambda pictures: self._encode_with_library(pictures, role),
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    @cached_property
    def reads_images(self) -> bool:
        """Whether the model takes pictures, from its configuration."""
        return takes_pictures(self._checkpoint)

    def _of_texts(self, texts: Sequence[str], role: Role) -> Vectors:
        if can_batch(self._model):
            prompt = self._prompts[role]
            return encode(self._model, [prompt + text for text in texts], self._settings.batch_size)
        return self._encode_with_library(texts, role)

    def _encode_with_library(self, texts: Sequence[Any], role: Role) -> Vectors:
        encoders = {
            "query": self._model.encode_query,
            "document": self._model.encode_document,
            "either": self._model.encode,
        }
        vectors: Vectors = encoders[role](
            list(texts),
            prompt=self._prompts[role],
            batch_size=self._settings.batch_size or _LIBRARY_BATCH_SIZE,
            show_progress_bar=False,
        )
        return vectors

    @cached_property
    def tokenizer(self) -> Tokenizer | None:
        """The model's own, to be had without its weights; None where texts do not go through a transformer first."""
        settings = self._settings
        return st_tokenizer(self._checkpoint, self._prompts, settings.max_length, trusted=settings.trust_remote_code)

    @cached_property
    def _model(self) -> Any:
        model = loaded(self._spec.text, self._load)
        if self._settings.pooling:
            use_pooling(model, self._settings.pooling, self._spec.text)
        self._limit(model)
        return model.eval()

    def _load(self) -> Any:
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(self._checkpoint.source, **self._arguments())

    def _arguments(self) -> dict[str, Any]:
        import torch

        settings = self._settings
        # Explicit, because transformers 5 would take the dtype of the file: half precision is slow and coarse.
        dtype = {"torch_dtype": getattr(torch, settings.dtype)} if settings.backend == "torch" else {}
        return {
            "revision": self._checkpoint.commit,
            "device": settings.device,
            "backend": settings.backend,
            "trust_remote_code": settings.trust_remote_code,
            "model_kwargs": dtype,
        }

    def _limit(self, model: Any) -> None:
        """Set the length at which texts are cut."""
        wanted = self._settings.max_length
        if wanted is None:
            return
        configuration = getattr(getattr(model[0], "auto_model", None), "config", None)
        longest = getattr(configuration, "max_position_embeddings", None) or -1  # −1: XLNet, which has no end
        if 0 < longest < wanted:
            raise UsageError(f"{self._spec.text}: max_length={wanted}, but the model takes {longest} tokens")
        try:
            model.max_seq_length = wanted
        except AttributeError as error:
            raise UsageError(f"{self._spec.text}: max_length={wanted}, but the model cuts no text") from error


def _check_installed(backend: str) -> None:
    if importlib.util.find_spec("sentence_transformers") is None:
        raise MissingExtraError("sentence_transformers", "st")
    missing = [name for name in _RUNTIMES[backend] if importlib.util.find_spec(name) is None]
    if missing:
        raise EmbedderError(
            f"backend={backend} needs {' and '.join(missing)}: pip install 'sentence-transformers[{backend}]'"
        )
