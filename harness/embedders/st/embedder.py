"""Models of sentence-transformers: `st:NAME-or-FOLDER?option=value&…`.

Options that decide the vectors: revision, dtype, max_length, pooling, backend, file, query_prompt, document_prompt,
trust_remote_code. Options that do not: device, devices, processes, batch_size.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.contract import TOGETHER
from harness.embedders.st import exported
from harness.embedders.st.batches import can_batch, encode
from harness.embedders.st.facts import st_facts
from harness.embedders.st.identity import is_symmetric, locate, prompts
from harness.embedders.st.loading import loaded
from harness.embedders.st.pictures import apart, takes_pictures
from harness.embedders.st.pool import TOGETHER as TOGETHER_PER_PROCESS
from harness.embedders.st.pool import Pool
from harness.embedders.st.pooling import own_pooling, use_pooling
from harness.embedders.st.settings import read_settings
from harness.embedders.st.tokenizer import st_tokenizer
from harness.errors import UsageError
from harness.model import Identity, Role, Spec, Vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.embedders.facts import Facts
    from harness.embedders.tokenising import Tokenizer

_LIBRARY_BATCH_SIZE = 32


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
        exported.check_installed(self._settings.backend)
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

    def facts(self) -> Facts:
        """From the model's files, and from the model where it is loaded."""
        return st_facts(self._checkpoint, self._settings.backend, self.__dict__.get("_model"))

    @property
    def together(self) -> int:
        """How many texts it wants at once: more than one process can embed, where there are several."""
        return max(TOGETHER, TOGETHER_PER_PROCESS * len(self._settings.workers))

    def _of_texts(self, texts: Sequence[str], role: Role) -> Vectors:
        if self._settings.workers and self._pool.takes(len(texts)):
            return self._pool.encode(texts, self._encoder(role))
        if can_batch(self._model):
            prompt = self._prompts[role]
            return encode(self._model, [prompt + text for text in texts], self._batch_size)
        return self._encode_with_library(texts, role)

    def _encode_with_library(self, texts: Sequence[Any], role: Role) -> Vectors:
        vectors: Vectors = self._encoder(role)(list(texts))
        return vectors

    def _encoder(self, role: Role) -> Callable[..., Vectors]:
        """The library's own method for a role, with our prompt."""
        encoders = {
            "query": self._model.encode_query,
            "document": self._model.encode_document,
            "either": self._model.encode,
        }
        batch_size = self._batch_size or _LIBRARY_BATCH_SIZE
        return partial(encoders[role], prompt=self._prompts[role], batch_size=batch_size, show_progress_bar=False)

    @cached_property
    def _pool(self) -> Pool:
        return Pool(self._model, self._settings.workers)

    @cached_property
    def _batch_size(self) -> int | None:
        """As the user has it; a text whose vector would depend on its company is alone."""
        asked = self._settings.batch_size
        if not exported.is_quantised(self._model):
            return asked
        if asked not in {None, 1}:
            raise UsageError(
                f"{self._spec.text}: batch_size={asked}, but in a quantised model a text's vector depends on the "
                "others in its batch, so each is alone"
            )
        return 1

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

        settings = self._settings
        with exported.loading(settings.backend):
            return SentenceTransformer(
                exported.source_of(self._checkpoint, settings.backend),
                revision=self._checkpoint.commit,
                backend=settings.backend,
                trust_remote_code=settings.trust_remote_code,
                **self._arguments(),
            )

    def _arguments(self) -> dict[str, Any]:
        """What depends on the runtime."""
        settings = self._settings
        if settings.backend != "torch":
            return exported.arguments(self._checkpoint, settings)
        import torch

        # Explicit, because transformers 5 would take the dtype of the file: half precision is slow and coarse.
        return {"device": settings.device, "model_kwargs": {"torch_dtype": getattr(torch, settings.dtype)}}

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
