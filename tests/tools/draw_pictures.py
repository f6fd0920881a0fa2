"""Draws the pictures of suites/pictures and their table: `python -m tests.tools.draw_pictures FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from tests.tools.scenes import PICTURES
from tests.tools.shapes import SIZE, WHITE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.tools.shapes import Mark

_FINER = 4
"""Drawn so much larger and then made smaller, for smooth edges."""
_COLOURS = 32


def numbered() -> dict[str, str]:
    """What a picture shows → its id. The order is shuffled, so that neighbours have nothing in common."""
    order = np.random.default_rng(20240501).permutation(len(PICTURES))
    return {name: f"p{place + 1:03d}" for name, place in zip(PICTURES, order, strict=True)}


def drawn(marks: Sequence[Mark]) -> Image.Image:
    """The marks, one over the other, on white."""
    canvas = Image.new("RGB", (SIZE * _FINER, SIZE * _FINER), WHITE)
    pen = ImageDraw.Draw(canvas)
    for mark in marks:
        _stroke(pen, mark)
    small = canvas.resize((SIZE, SIZE), Image.Resampling.BOX)
    return small.quantize(_COLOURS, dither=Image.Dither.NONE)


def _stroke(pen: ImageDraw.ImageDraw, mark: Mark) -> None:
    width = round(mark.width * _FINER)
    if mark.kind in {"pieslice", "arc"}:
        corners, angles = [value * _FINER for value in mark.points[:4]], mark.points[4:]
        options = {"width": width} if mark.kind == "arc" else {}
        getattr(pen, mark.kind)(corners, *angles, mark.colour, **options)
    elif mark.kind == "line":
        pen.line([value * _FINER for value in mark.points], mark.colour, width, joint="curve")
    elif width:
        pen.ellipse([value * _FINER for value in mark.points], outline=mark.colour, width=width)
    else:
        getattr(pen, mark.kind)([value * _FINER for value in mark.points], fill=mark.colour)


def main(folder: Path) -> None:
    """Write images/*.png and corpus.jsonl."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    ids = numbered()
    for name, marks in PICTURES.items():
        drawn(marks).save(folder / "images" / f"{ids[name]}.png", optimize=True)
    rows = [{"_id": number, "image": f"images/{number}.png"} for number in sorted(ids.values())]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
