"""Cross-encoders of sentence-transformers: `ce:NAME-or-FOLDER?option=value&…`.

Options that decide the scores: revision, dtype, max_length, backend, trust_remote_code. Options that do not: device,
batch_size.
"""

from __future__ import annotations

import importlib.util
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.options import deciding, options
from harness.embedders.st.facts import st_facts
from harness.embedders.st.identity import locate
from harness.embedders.st.loading import loaded
from harness.errors import MissingExtraError, UsageError
from harness.model import Identity, Spec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.embedders.facts import Facts
    from harness.embedders.pair_scores import Pair
    from harness.model import Floats

_DEFAULTS = {"dtype": "float32", "backend": "torch", "max_length": None, "trust_remote_code": "false"}
"""Options that decide the scores, all but the revision."""

_KNOWN = (*_DEFAULTS, "revision", "device", "batch_size")

_BATCH_SIZE = 32


class CrossEncoder:
    """A model that reads a query and a document together, loaded when the first pair comes.

    Scores are the model's own numbers before any sigmoid, which orders alike and, in float32, is 1.0 for every score
    above 17: ties that are none.

    Raises MissingExtraError, UsageError and EmbedderError on construction, which loads no weights.
    """

    def __init__(self, spec: Spec) -> None:
        given = options(spec, _KNOWN)
        if not spec.name:
            raise UsageError(f"{spec.text}: name a folder or a model of the hub, as in ce:BAAI/bge-reranker-v2-m3")
        if importlib.util.find_spec("sentence_transformers") is None:
            raise MissingExtraError("sentence_transformers", "st")
        self._spec = spec
        self._dtype = given.choice("dtype", "float32", ("bfloat16", "float16", "float32"))
        self._backend = given.choice("backend", "torch", ("onnx", "openvino", "torch"))
        self._max_length = given.integer("max_length", None)
        self._trusted = given.flag("trust_remote_code", default=False)
        self._device = given.text("device", None)
        self._batch_size = given.integer("batch_size", _BATCH_SIZE)
        if self._backend != "torch" and self._dtype != "float32":
            raise UsageError(f"{spec.text}: dtype is for backend=torch; an exported model has its own precision")
        self._checkpoint = locate(spec, given.text("revision", None))
        chosen = {
            "dtype": self._dtype,
            "backend": self._backend,
            "max_length": self._max_length,
            "trust_remote_code": str(self._trusted).lower(),
        }
        self.identity = Identity(
            "ce", self._checkpoint.name, self._checkpoint.revision, deciding(chosen, _DEFAULTS), symmetric=True
        )

    def score(self, pairs: Sequence[Pair]) -> Floats:
        """A number per pair, n. Raises EmbedderError when the model cannot be loaded."""
        if not pairs:
            return np.empty(0)
        model = self._model
        # Loaded with the model: 2 s that no other command may pay.
        import torch

        # Pairs of like length in one batch need little padding; older versions of the library do not sort.
        order = sorted(range(len(pairs)), key=lambda place: -sum(map(len, pairs[place])))
        found = model.predict(
            [pairs[place] for place in order],
            batch_size=self._batch_size,
            activation_fn=torch.nn.Identity(),
            show_progress_bar=False,
        )
        scores: Floats = np.empty(found.shape)
        scores[order] = found
        return scores

    def facts(self) -> Facts:
        """From the model's files, and from the model where it is loaded."""
        return st_facts(self._checkpoint, self._backend, self.__dict__.get("_model"))

    @cached_property
    def _model(self) -> Any:
        model = loaded(self._spec.text, self._load)
        longest = getattr(getattr(model, "config", None), "max_position_embeddings", None) or -1  # −1: no end
        if self._max_length is not None and 0 < longest < self._max_length:
            raise UsageError(f"{self._spec.text}: max_length={self._max_length}, but the model takes {longest} tokens")
        return model

    def _load(self) -> Any:
        import torch
        from sentence_transformers import CrossEncoder as Model

        # Explicit, because transformers 5 would take the dtype of the file: half precision is slow and coarse.
        dtype = {"torch_dtype": getattr(torch, self._dtype)} if self._backend == "torch" else {}
        return Model(
            self._checkpoint.source,
            revision=self._checkpoint.commit,
            device=self._device,
            backend=self._backend,
            trust_remote_code=self._trusted,
            model_kwargs=dtype,
            max_length=self._max_length,
        )
