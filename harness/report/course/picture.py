"""The course of a score over runs as SVG: one panel below the other, light, without scripts, readable aloud."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from harness.report.course.words import drawn, failed, happened, title, when, whose
from harness.report.numbers import score
from harness.report.text import cut, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.compare.course import Course

_WIDTH, _LEFT, _RIGHT = 900, 70, 24
_TITLE, _PLOT, _DAYS, _LINE = 34, 150, 34, 18
"""Heights of the parts of a panel; a line of text below it for whatever happened."""
_TICKS = 4
_GAIN, _LOSS, _POINT, _INK, _FAINT = "#1a7f37", "#b42318", "#1f4e8c", "#1f2328", "#d0d7de"
_STYLE = "font-family=\"system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif\""
_LONGEST = 125
"""Cells of a line of text that fit the width."""


def picture(found: Sequence[Course]) -> str:
    """An SVG document with a panel for each course."""
    panels, top = [], 8
    for one in found:
        panels.append(f'<g transform="translate(0 {top})">{"".join(_panel(one))}</g>')
        top += _height(one)
    summary = "; ".join(f"{title(one)}: {score(one.points[-1].value)}" for one in found)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top + 8}" width="{_WIDTH}" '
        f'height="{top + 8}" role="img" aria-labelledby="title description" {_STYLE} font-size="12" fill="{_INK}">'
        f'<title id="title">{_safe("The course of scores over runs")}</title>'
        f'<desc id="description">{_safe(summary or "no results")}</desc>'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(panels)}</svg>\n'
    )


def _height(one: Course) -> int:
    return _TITLE + _PLOT + _DAYS + _LINE * len(_said(one)) + 14


def _panel(one: Course) -> Iterator[str]:
    yield _text(_LEFT, 20, title(one), 'font-size="14" font-weight="600"')
    ends = _range(one)
    for tick in range(_TICKS + 1):
        value = ends[0] + (ends[1] - ends[0]) * tick / _TICKS
        y = _y(value, ends)
        yield f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_FAINT}"/>'
        yield _text(_LEFT - 8, y + 4, score(value), 'text-anchor="end"')
    yield from _lines(one, ends)
    for place, point in enumerate(one.points):
        yield from _mark(one, place, ends)
        if _has_day(one, place):
            yield _text(
                _x(place, len(one.points)),
                _TITLE + _PLOT + 20,
                when(one.points, point),
                f'text-anchor="{_side(one, place)}"',
            )
    for line, said in enumerate(_said(one)):
        yield _text(_LEFT, _TITLE + _PLOT + _DAYS + 12 + _LINE * line, said)


def _lines(one: Course, ends: tuple[float, float]) -> Iterator[str]:
    """From point to point, broken where nothing can be compared."""
    count = len(one.points)
    for place, point in enumerate(one.points[1:], start=1):
        x = _x(place, count)
        if point.begins:
            middle = (x + _x(place - 1, count)) / 2
            yield (
                f'<line x1="{middle:.1f}" x2="{middle:.1f}" y1="{_TITLE}" y2="{_TITLE + _PLOT}" stroke="#8c959f" '
                'stroke-dasharray="4 4"/>'
            )
            continue
        before = one.points[place - 1]
        yield (
            f'<line x1="{_x(place - 1, count):.1f}" y1="{_y(before.value, ends):.1f}" x2="{x:.1f}" '
            f'y2="{_y(point.value, ends):.1f}" stroke="{_POINT}" stroke-width="1.5"/>'
        )


def _mark(one: Course, place: int, ends: tuple[float, float]) -> Iterator[str]:
    """The interval and the point; a change is a triangle, whose colour says whether it is for the better."""
    point = one.points[place]
    x, y, interval = _x(place, len(one.points)), _y(point.value, ends), point.score.interval
    if interval.low is not None and interval.high is not None:
        low, high = _y(interval.low, ends), _y(interval.high, ends)
        yield (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{high:.1f}" y2="{low:.1f}" stroke="{_POINT}" stroke-opacity="0.35" '
            'stroke-width="3"/>'
        )
    told = happened(one.points, place) if place else ""
    hint = _safe(
        f"{when(one.points, point)}: {score(point.value)}, {point.runs} run(s)" + (f"; {told}" if told else "")
    )
    if not point.changed:
        ring = "#ffffff" if "embedder" in point.marks else _POINT
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{ring}" stroke="{_POINT}" stroke-width="2">'
        yield f"<title>{hint}</title></circle>"
        return
    up = "up" in point.marks
    colour, tip = _GAIN if up == one.higher_is_better else _LOSS, -8 if up else 8
    yield f'<polygon points="{x:.1f},{y + tip:.1f} {x - 7:.1f},{y - tip / 2:.1f} {x + 7:.1f},{y - tip / 2:.1f}" '
    yield f'fill="{colour}"><title>{hint}</title></polygon>'


def _said(one: Course) -> list[str]:
    """A line for each point where something happened, and for each run that failed."""
    told = [
        (when(one.points, point), point.run, happened(one.points, place))
        for place, point in enumerate(one.points)
        if place
    ]
    ended = [(run.started_at[:10], run, failed(run)) for run in one.failures]
    return [f"{day} ({whose(run)})  {what}" for day, run, what in (*told, *ended) if what]


def _has_day(one: Course, place: int) -> bool:
    return place in {0, len(one.points) - 1}


def _side(one: Course, place: int) -> str:
    if len(one.points) == 1:
        return "middle"
    return "end" if place else "start"


def _x(place: int, count: int) -> float:
    inner = _WIDTH - _LEFT - _RIGHT - 24
    return _LEFT + 12 + (inner / 2 if count == 1 else inner * place / (count - 1))


def _y(value: float, ends: tuple[float, float]) -> float:
    low, high = ends
    return _TITLE + _PLOT * (high - value) / (high - low)


def _range(one: Course) -> tuple[float, float]:
    """What is drawn, with some room above and below."""
    low, high = drawn(one.points)
    room = max((high - low) * 0.08, 0.005)
    return low - room, high + room


def _text(x: float, y: float, text: str, style: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{_safe(cut(text, _LONGEST))}</text>'


def _safe(text: str) -> str:
    """Text that ends no element and no attribute, and that XML can hold."""
    return escape(printable(text))
