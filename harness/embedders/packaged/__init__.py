"""Models that come inside packages of the package registry: real ones, for places without a model hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.embedders.packaged import all_minilm_l6_v2, multilingual_e5_small, use_multilingual, wordllama
from harness.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.embedders.packaged.package import Package
    from harness.model import Embedder, Spec

_MODELS: tuple[tuple[Package, Callable[[Spec], Embedder]], ...] = (
    (use_multilingual.PACKAGE, use_multilingual.UseMultilingual),
    (multilingual_e5_small.PACKAGE, multilingual_e5_small.MultilingualE5Small),
    (wordllama.PACKAGE, wordllama.WordLlama),
    (all_minilm_l6_v2.PACKAGE, all_minilm_l6_v2.AllMiniLML6V2),
)

PACKAGES: dict[str, Package] = {package.name: package for package, _ in _MODELS}
"""Every packaged model by name, whether it is installed or not."""


def open_packaged(spec: Spec) -> Embedder:
    """The model called `spec.name`, as in `packaged:use-multilingual`, whatever the case of its letters.

    Raises UsageError for an unknown name, MissingExtraError or EmbedderError when its package is not installed.
    """
    for package, opener in _MODELS:
        if package.name.lower() == spec.name.lower():
            return opener(spec)
    hint = nearest(spec.name, PACKAGES)
    raise UsageError(f"there is no packaged model {spec.name!r}. {hint}Known: {', '.join(PACKAGES)}")
