"""Pictures for a model of sentence-transformers that takes them, such as CLIP."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.st.identity import transformer_table
from harness.errors import EmbedderError, MissingExtraError
from harness.model import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.embedders.st.identity import Checkpoint
    from harness.model import Vectors

MOST_PIXELS = 1 << 24
"""Width times height; 50 MB decoded. A small file can hold a picture that fills any memory, and a model looks at some
hundred pixels a side."""
_TOGETHER = 8
"""Pictures that are in memory at once."""


def takes_pictures(checkpoint: Checkpoint) -> bool:
    """Whether its first module takes pictures: what it says, else whether its configuration has a part that sees."""
    modules = checkpoint.modules()
    path = modules[0]["path"] if modules else ""
    said = transformer_table(checkpoint, path).get("modality_config")
    if said:
        return "image" in said
    if modules and modules[0]["type"].endswith(".CLIPModel"):  # as it was saved before version 5.4
        return True
    return "vision_config" in checkpoint.table(f"{path}/config.json".lstrip("/"))


def apart(
    texts: Sequence[str], of_texts: Callable[[Sequence[str]], Vectors], of_pictures: Callable[[Sequence[Any]], Vectors]
) -> Vectors:
    """Vectors of texts and pictures, n × d in their order, made apart because no batch of a model may hold both.

    of_pictures: is given pictures of Pillow, a few at a time. Raises EmbedderError for one that cannot be decoded.
    """
    seen = np.array([isinstance(text, Image) for text in texts], np.bool_)
    if not seen.any():
        return of_texts(texts)
    pictures = [text for text in texts if isinstance(text, Image)]
    parts = [
        of_pictures([decoded(image) for image in pictures[start : start + _TOGETHER]])
        for start in range(0, len(pictures), _TOGETHER)
    ]
    vectors = np.empty((len(texts), parts[0].shape[1]), np.float32)
    vectors[seen] = np.concatenate(parts)
    if not seen.all():
        vectors[~seen] = of_texts([text for text in texts if not isinstance(text, Image)])
    return vectors


def decoded(image: Image) -> Any:
    """The picture as Pillow has it, in RGB.

    Raises EmbedderError for a file that changed since the suite was read, that is broken or that has too many pixels,
    MissingExtraError without Pillow.
    """
    try:
        # 0.1 s that only a suite with pictures pays.
        from PIL import Image as Pillow
    except ModuleNotFoundError as error:
        raise MissingExtraError("pillow", "images") from error
    try:
        content = image.path.read_bytes()
        if Image(image.path, content) != image:
            raise EmbedderError(f"the picture {image.path} has changed since the suite was read; run again")
        with Pillow.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise EmbedderError(
                    f"the picture {image.path} has {width} × {height} pixels, and at most {MOST_PIXELS} are decoded; "
                    "make it smaller"
                )
            return picture.convert("RGB")
    # What Pillow raises over a broken file; its own limit on pixels is larger, but counts before ours is asked.
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise EmbedderError(f"the picture {image.path} cannot be decoded: {error}") from error
