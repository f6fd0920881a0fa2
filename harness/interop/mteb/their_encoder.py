"""An encoder of mteb's as an embedder of ours, while it is in a task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.errors import EmbedderError
from harness.interop.mteb.feeding import array_of, pictures_fed, prompt_type, texts_fed
from harness.model import Identity, Image, Usage
from harness.search import FLOAT32, SIMILARITIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model import Role, Vectors

_AXES = 2


@dataclass(frozen=True)
class TheirEncoder:
    """Any EncoderProtocol, asked as mteb's own tasks ask: in batches, with the prompt type that the role stands for.

    options: what `encode` is given besides: the task's metadata, its split and subset. encode_kwargs: those of
    `mteb.evaluate`.
    """

    model: Any
    options: Mapping[str, Any]
    encode_kwargs: Mapping[str, Any]

    @property
    def identity(self) -> Identity:
        """As mteb names it."""
        meta = self.model.mteb_model_meta
        return Identity("mteb", str(meta.name), str(meta.revision))

    @property
    def reads_images(self) -> bool:
        """Whether its ModelMeta says so."""
        return "image" in (self.model.mteb_model_meta.modalities or ())

    @property
    def usage(self) -> Usage:
        """With the similarity that its ModelMeta names, cosine where it names none. Raises EmbedderError."""
        named = self.model.mteb_model_meta.similarity_fn_name
        name = getattr(named, "value", named) or "cosine"
        if name not in SIMILARITIES:
            raise EmbedderError(
                f"{self.identity} compares vectors by {name}; a suite is judged by {', '.join(SIMILARITIES)}"
            )
        return Usage(SIMILARITIES[name], FLOAT32)

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """n × d, each distinct text encoded once. Raises EmbedderError for what is no matrix of finite numbers."""
        distinct = list(dict.fromkeys(texts))
        pictures = [text for text in distinct if isinstance(text, Image)]
        words = [text for text in distinct if not isinstance(text, Image)]
        made = [self._encoded(of_one, role) for of_one in (words, pictures) if of_one]
        if not made:
            return np.zeros((0, 0), np.float32)
        rows = {text: row for row, text in enumerate([*words, *pictures])}
        return np.concatenate(made)[[rows[text] for text in texts]]

    def _encoded(self, texts: Sequence[str], role: Role) -> Vectors:
        pictures = [text for text in texts if isinstance(text, Image)]
        size = self.encode_kwargs.get("batch_size", 32)
        handed = pictures_fed(pictures, size) if pictures else texts_fed(texts, role, size)
        raw = self.model.encode(handed, prompt_type=prompt_type(role), **self.options, **self.encode_kwargs)
        return self._sound(raw, len(texts))

    def _sound(self, raw: Any, count: int) -> Vectors:
        array = array_of(raw)
        fitting = isinstance(array, np.ndarray) and array.ndim == _AXES and len(array) == count
        if not fitting or array.dtype.kind not in "fiub":
            shown = getattr(raw, "shape", "")
            raise EmbedderError(f"{self.identity} returned a {type(raw).__name__} {shown} for {count} texts")
        vectors = np.asarray(array, np.float32)
        if not np.isfinite(vectors).all():
            raise EmbedderError(f"{self.identity} returned NaN or infinity")
        return vectors
