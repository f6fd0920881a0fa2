"""What mteb hands in becomes texts and pictures, or is refused with what it is."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.errors import EmbedderError
from harness.interop.mteb.inputs import parts
from harness.model import Image

if TYPE_CHECKING:
    from collections.abc import Mapping

needs_pillow = pytest.mark.skipif(
    find_spec("PIL") is None, reason="needs Pillow: pip install 'embedding-harness[images]'"
)


def drawn(mode: str, seed: int = 1) -> Any:
    """A picture of noise."""
    from PIL import Image as Pillow

    noise = np.random.default_rng(seed).integers(0, 255, (7, 5, 3)).astype(np.uint8)
    return Pillow.fromarray(noise).convert(mode)


def test_texts_come_in_one_part() -> None:
    """All batches together; other columns are what the text was made of."""
    batches = [{"text": ["a", "b"], "title": ["t", "u"]}, {"text": ["c"], "title": ["v"]}]
    assert list(parts(batches)) == [["a", "b", "c"]]


def test_nothing_is_a_part_without_texts() -> None:
    """An empty loader is no error."""
    assert list(parts([])) == [[]]


@needs_pillow
def test_pictures_are_files_while_they_are_read() -> None:
    """Each part has its pictures on disk, in their order and without loss, until the next is asked for."""
    from PIL import Image as Pillow

    handed = [{"image": [drawn("RGB", seed), drawn("RGBA", seed)]} for seed in range(200)]
    seen: list[Image] = []
    for part in parts(handed):
        assert len(part) <= 256
        for image in part:
            assert isinstance(image, Image)
            with Pillow.open(image.path) as picture:
                original = handed[len(seen) // 2]["image"][len(seen) % 2]
                assert (picture.mode, picture.tobytes()) == (original.mode, original.tobytes())
            seen.append(image)
    assert len(set(seen)) == len(seen) == 400
    assert not any(image.path.exists() for image in seen)


@needs_pillow
def test_the_same_picture_is_the_same_text() -> None:
    """So it is embedded once, and found in a cache; a mode that PNG does not know becomes RGB."""
    ((one, other, printed),) = parts([{"image": [drawn("RGB"), drawn("RGB"), drawn("CMYK")]}])
    assert one == other == printed


@pytest.mark.parametrize(
    ("batch", "found"),
    [
        ({"audio": [{"array": [0.0], "sampling_rate": 16}]}, "hands in audio for one vector"),
        ({"video": [object()]}, "hands in video"),
        ({"text": ["a"], "image": [object()]}, "hands in text and image"),
        ({"id": ["1"]}, "hands in id and nothing to read"),
        ({"text": [["a", "b"]]}, "hands in a list, neither a text nor a picture"),
        ({"image": [np.zeros(3)]}, "hands in a ndarray, neither"),
        ({"text": ["a", None]}, "hands in a NoneType"),
    ],
)
def test_whatever_else_is_refused(batch: Mapping[str, Any], found: str) -> None:
    """With what it is, instead of a vector of something else."""
    with pytest.raises(EmbedderError, match=found):
        list(parts([batch]))
