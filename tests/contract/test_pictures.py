"""The pictures of the built-in suites are small, clean, and what the program that draws them says."""

from __future__ import annotations

import json
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.catalogue.locate import builtin_root

if TYPE_CHECKING:
    from numpy.typing import NDArray

pytestmark = pytest.mark.skipif(
    find_spec("PIL") is None, reason="needs pillow: pip install 'embedding-harness[images]'"
)

FOLDER = builtin_root() / "pictures"
FILES = sorted((FOLDER / "images").iterdir())


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The program that drew them, which lies beside the tests."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    return import_module("tests.tools.draw_pictures")


def pixels(file: Path) -> NDArray[np.float64]:
    """Height × width × 3, from 0 to 255."""
    from PIL import Image

    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"), np.float64)


def test_every_picture_is_small_and_used_once() -> None:
    """At most 3 KB and 128 pixels a side; the table names each file once; no two are equal."""
    rows = [json.loads(row)["image"] for row in (FOLDER / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sorted(rows) == [f"images/{file.name}" for file in FILES]
    assert len({file.read_bytes() for file in FILES}) == len(FILES) >= 80
    assert max(file.stat().st_size for file in FILES) <= 3 * 1024
    assert {pixels(file).shape for file in FILES} == {(112, 112, 3)}


def test_the_program_draws_them_again(program: Any) -> None:
    """Up to what versions of Pillow do with edges."""
    ids = program.numbered()
    assert sorted(ids.values()) == [file.stem for file in FILES]
    for name, marks in program.PICTURES.items():
        kept = pixels(FOLDER / "images" / f"{ids[name]}.png")
        assert np.abs(np.asarray(program.drawn(marks).convert("RGB"), np.float64) - kept).mean() < 2, name


def test_no_two_pictures_look_the_same() -> None:
    """The nearest two still differ by more than 5 of 255 (root mean square), such as one thing in two colours."""
    seen = np.stack([pixels(file).ravel() for file in FILES])
    norms = (seen**2).sum(axis=1)
    squares = norms[:, None] + norms[None, :] - 2 * seen @ seen.T
    np.fill_diagonal(squares, np.inf)
    assert np.sqrt(squares.min() / seen.shape[1]) > 5
