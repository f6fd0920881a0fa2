"""What mteb hands to a model, as texts: it comes in batches of a DataLoader, in columns named after what they hold."""

from __future__ import annotations

import io
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from harness.errors import EmbedderError
from harness.model import Image

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_CONTENT = ("text", "image", "audio", "video")
"""The columns of a batch that are for the model to read. All others (title, body, query, instruction, conversation, id)
are what `text` was made of, for models that put it together in a way of their own."""

_TOGETHER = 256
"""Pictures that lie on disk at a time: thousands of them are larger than the disk may be."""

_KEPT = {"1", "L", "LA", "P", "RGB", "RGBA"}
"""Modes of a picture that PNG keeps; others are brought to RGB, as every model does with all."""


def parts(inputs: Iterable[Mapping[str, Any]]) -> Iterator[Sequence[str]]:
    """All that is to be embedded, in order: texts in one part, pictures in several.

    A picture can be read from its file only until the next part is asked for. Raises EmbedderError for sounds, films,
    texts with a picture, and whatever else is neither a text nor a picture.
    """
    entries = (entry for batch in inputs for entry in _entries(batch))
    first = next(entries, None)
    if first is None or isinstance(first, str):
        yield [_text(entry) for entry in chain([] if first is None else [first], entries)]
        return
    pictures = chain([first], entries)
    while some := list(islice(pictures, _TOGETHER)):
        with TemporaryDirectory(prefix="harness-") as folder:
            yield [_picture(entry, Path(folder)) for entry in some]


def _entries(batch: Mapping[str, Any]) -> Sequence[Any]:
    held = [name for name in _CONTENT if name in batch]
    if held not in (["text"], ["image"]):
        found = " and ".join(held) or f"{', '.join(batch)} and nothing to read"
        raise EmbedderError(f"this task of mteb hands in {found} for one vector; an embedder gets a text or a picture")
    entries: Sequence[Any] = batch[held[0]]
    return entries


def _text(entry: Any) -> str:
    if not isinstance(entry, str):
        raise _neither(entry)
    return entry


def _picture(entry: Any, folder: Path) -> Image:
    """A picture of Pillow's in a file, without loss; two that are saved alike are one Image."""
    if not hasattr(entry, "save"):
        raise _neither(entry)
    content = io.BytesIO()
    kept = entry if entry.mode in _KEPT else entry.convert("RGB")
    kept.save(content, "PNG", compress_level=1)
    image = Image(folder / "unnamed", content.getvalue())
    path = folder / f"{image.removeprefix('image:')}.png"
    path.write_bytes(content.getvalue())
    return Image(path, content.getvalue())


def _neither(entry: Any) -> EmbedderError:
    return EmbedderError(
        f"this task of mteb hands in a {type(entry).__name__}, neither a text nor a picture of Pillow's: {entry!r:.80}"
    )
