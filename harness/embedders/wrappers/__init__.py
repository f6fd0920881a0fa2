"""Embedders around an embedder: what is done with vectors that a model, or the cache, has made already.

Each is an option of every spec whose backend makes vectors. They stand outside the cache, so that a sweep over
dimensions or number formats embeds each text once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from harness.embedders.options import Options, deciding
from harness.embedders.wrappers.around import Around
from harness.embedders.wrappers.forgiving import Forgiving
from harness.embedders.wrappers.long import BestSegment, FirstSegment, MeanOfSegments, Segmenter
from harness.embedders.wrappers.truncated import Truncated
from harness.errors import UsageError
from harness.model import Usage
from harness.search import COSINE, FLOAT32, PRECISIONS, SIMILARITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from harness.model import Embedder, Role, Spec, Vectors

Wrap: TypeAlias = "Callable[[Embedder, Options], Embedder]"
"""Puts a wrapper around an embedder, or returns it as it is where the options do not ask for one."""

_DEFAULTS = {"instruction": "on", "precision": FLOAT32.name, "similarity": COSINE.name}
_LONG = ("max", "mean", "truncate")


def split(spec: Spec, own_options: Collection[str] = ()) -> tuple[Spec, Spec]:
    """The spec as its backend gets it, and the same spec with the wrapping options only.

    own_options: what the backend does itself, though there is a wrapper for it.
    """
    around = WRAPPING.keys() - set(own_options)
    own = {name: value for name, value in spec.options.items() if name not in around}
    wrapping = {name: value for name, value in spec.options.items() if name in around}
    return replace(spec, options=own), replace(spec, options=wrapping)


def wrapped(embedder: Embedder, spec: Spec) -> Embedder | BestSegment:
    """The embedder as the wrapping options of `spec` ask for it. Raises UsageError for a value that does not fit."""
    given = Options(spec)
    outermost = embedder
    for wrap in dict.fromkeys(WRAPPING.values()):
        outermost = wrap(outermost, given)
    if given.choice("long", "truncate", _LONG) != "max":
        return outermost
    # Last: what is near, and how it is kept, is decided for the vectors of segments.
    segmenter = _segmenter(embedder, given)
    return BestSegment(outermost, segmenter, outermost.identity.with_options((("long", "max"), *segmenter.options)))


@dataclass(frozen=True)
class UsedEmbedder(Around):
    """The same vectors, to be used in a way that is not the default."""

    usage: Usage

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """The inner embedder's."""
        return self.inner.embed(texts, role)


def _refused(embedder: Embedder, given: Options) -> Embedder:
    if given.choice("refused", "fail", ("fail", "zero")) == "fail":
        return embedder
    return Forgiving(embedder, embedder.identity.with_options((("refused", "zero"),)))


def _long(embedder: Embedder, given: Options) -> Embedder:
    how = given.choice("long", "truncate", _LONG)
    if how == "truncate" and "overlap" in given.spec.options:
        raise UsageError(f"{given.spec.text}: overlap is for long=mean and long=max")
    if how == "max" or (how == "truncate" and "segment" not in given.spec.options):
        return embedder
    segmenter = _segmenter(embedder, given)
    identity = embedder.identity.with_options((("long", how), *segmenter.options))
    made = MeanOfSegments if how == "mean" else FirstSegment
    return made(embedder, identity, segmenter)


def _segmenter(embedder: Embedder, given: Options) -> Segmenter:
    return Segmenter(embedder, given.integer("segment", None), given.integer("overlap", 0, minimum=0), given.spec.text)


def _dimensions(embedder: Embedder, given: Options) -> Embedder:
    dimensions = given.integer("dimensions", None)
    if dimensions is None:
        return embedder
    identity = embedder.identity.with_options((("dimensions", str(dimensions)),))
    return Truncated(embedder, identity, dimensions, given.spec.text)


def _usage(embedder: Embedder, given: Options) -> Embedder:
    chosen = {
        "instruction": given.choice("instruction", "on", ("on", "off")),
        "precision": given.choice("precision", FLOAT32.name, PRECISIONS),
        "similarity": given.choice("similarity", COSINE.name, SIMILARITIES),
    }
    extra = deciding(chosen, _DEFAULTS)
    if not extra:
        return embedder
    usage = Usage(SIMILARITIES[chosen["similarity"]], PRECISIONS[chosen["precision"]], chosen["instruction"] == "on")
    return UsedEmbedder(embedder, embedder.identity.with_options(extra), usage)


WRAPPING: Mapping[str, Wrap] = {
    "refused": _refused,
    "long": _long,
    "segment": _long,
    "overlap": _long,
    "dimensions": _dimensions,
    "instruction": _usage,
    "precision": _usage,
    "similarity": _usage,
}
"""The options that are not the backend's, each with the wrapper that it decides; the innermost wrapper first."""
