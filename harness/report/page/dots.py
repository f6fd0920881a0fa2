"""The scores of one suite below each other, with their intervals and what chance would get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.report.numbers import score
from harness.report.page.shapes import Dot, Drawing, Label, Path, Scale, scale, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Interval

WIDTH = 400
_NAMES, _LEFT, _RIGHT, _VALUES = 160, 168, 348, 396
_ROW, _TOP = 22, 30
_CELLS = 18
_RADIUS, _CAP = 3.0, 5
"""Of a dot, and half the height of an interval's ends: they are seen though it is shorter than the dot."""


@dataclass(frozen=True)
class Bar:
    """An embedder. best: whether it is in the best set. value: None where it has none; then `word` says so."""

    name: str
    letter: str
    value: float | None
    interval: Interval
    best: bool
    word: str = ""


@dataclass(frozen=True)
class Frame:
    """What stands around the bars. floor: of a random embedder, None where nobody knows it; named `chance`."""

    title: str
    text: str
    axis: str
    floor: float | None
    chance: str


def dots(bars: Sequence[Bar], frame: Frame) -> Drawing:
    """A row each: the name, a dot on its interval, the number."""
    bottom = _TOP + _ROW * len(bars)
    ends = [end for bar in bars for end in (bar.value, bar.interval.low, bar.interval.high) if end is not None]
    floor = [] if frame.floor is None else [frame.floor]
    across = scale([*ends, *floor], _LEFT, _RIGHT)
    rows = [(bar, _TOP + _ROW * index + _ROW / 2) for index, bar in enumerate(bars)]
    return Drawing(
        width=WIDTH,
        height=bottom + 44,
        title=frame.title,
        text=frame.text,
        paths=[
            Path("grid", "".join(f"M{across.at(tick)} {_TOP}V{bottom}" for tick in across.ticks())),
            *(Path("floor", f"M{across.at(value)} {_TOP - 8}V{bottom}") for value in floor),
            *_whiskers(rows, across),
        ],
        dots=[
            Dot("front" if bar.best else "", across.at(bar.value), y, radius=_RADIUS)
            for bar, y in rows
            if bar.value is not None
        ],
        labels=[
            *(Label("tick", across.at(tick), bottom + 16, f"{tick:g}", "middle") for tick in across.ticks()),
            Label("name", _RIGHT, bottom + 36, frame.axis, "end"),
            *(Label("chance", across.at(value), _TOP - 13, frame.chance, _side(across.at(value))) for value in floor),
            *(label for bar, y in rows for label in _row(bar, y)),
        ],
    )


def _whiskers(rows: Sequence[tuple[Bar, float]], across: Scale) -> list[Path]:
    lines: dict[str, str] = {}
    for bar, y in rows:
        if bar.interval.low is not None and bar.interval.high is not None:
            kind = "span best" if bar.best else "span"
            end = f"m0 {-_CAP}v{2 * _CAP}"
            line = f"M{across.at(bar.interval.low)} {y}{end}m0 {-_CAP}H{across.at(bar.interval.high)}{end}"
            lines[kind] = lines.get(kind, "") + line
    return [Path(kind, d) for kind, d in lines.items()]


def _row(bar: Bar, y: float) -> list[Label]:
    kind = "front" if bar.best else ""
    value = bar.word if bar.value is None else score(bar.value)
    name = Label(kind, _NAMES, y + 4.5, f"{bar.letter} {shortened(bar.name, _CELLS)}".lstrip(), "end")
    return [name, Label(kind if bar.value is not None else "tick", _VALUES, y + 4.5, value, "end")]


def _side(x: float) -> str:
    """Which part of a text stands at x, so that it stays inside."""
    middle = (_LEFT + _RIGHT) / 2
    return "" if x < middle else "end"
