"""The course of a score in the terminal, as SVG, and as rows."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from rich.cells import cell_len

from harness.compare.course import Course, Mark, Point
from harness.model import Difference, Identity, Interval, Run, Score
from harness.report.course import courses
from harness.report.course.picture import picture
from harness.report.course.plain import COLUMNS
from harness.statistics.estimates import Student

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "模型:<script>alert(1)</script>&\"'\x00\ud800"


def point(day: int, value: float, *marks: Mark, since: int | None = None) -> Point:
    """A point of a day in January; with a difference where there is a reference."""
    identity = Identity("fake", "one", "a" * 40)
    run = Run(f"r{day}", f"2026-01-{day:02}T00:00:00+00:00", "zh/a", "retrieval", "f0", "one", identity, "ok", "", 1.0)
    score = Score("ndcg@10", value, Interval(value - 0.05, value + 0.05), 0.1, 40)
    made = Point(run, score, 2, run.started_at, marks, since)
    if since is None:
        return made
    told = Student(-0.1, 0.02, 39, 40)
    difference = Difference("zh/a", "ndcg@10", True, True, 0.6, value, told, 40, 40, test="t", p=told.p())
    return replace(made, difference=difference, adjusted=0.0004)


POINTS = (point(1, 0.6), point(2, 0.61, since=0), point(3, 0.5, "down", "embedder", since=0), point(4, 0.5, "data"))
FAILED = replace(POINTS[0].run, status="failed", reason="server is down\n500")
DOWN = "down -0.100 (-0.140 to -0.060) since 2026-01-01 (run r1), 0.600 → 0.500, p <0.001"
COURSE = Course("zh/a", "one", "ndcg@10", higher_is_better=True, points=POINTS, failures=(FAILED,))


def test_the_plot() -> None:
    """Extremes on the axis, a symbol for each point, what is new below it, and changes in words."""
    lines = courses([COURSE], "table").splitlines()
    assert lines[:12] == [
        "zh/a · one · ndcg@10",
        "  0.660 ┤│   │",
        "        ┤│   ●",
        "        ┤●   │",
        "        ┤│   │   │   │",
        "        ┤        │   │",
        "        ┤        ▼   ●",
        "  0.450 ┤        │   │",
        "        └─   ─   E   D",
        "         2026-01-01   2026-01-04",
        f"  ▼ 2026-01-03 (run r3)  {DOWN}; other embedder: fake:one @ aaaaaaaaaaaa → fake:one @ aaaaaaaaaaaa",
        "  D 2026-01-04 (run r4)  other data: no comparison with before",
    ]
    assert lines[12] == "  × 2026-01-01 (run r1)  failed: server is down"


@pytest.mark.parametrize("width", [80, 40])
@pytest.mark.parametrize("count", [1, 2, 20, 300])
def test_plots_fit(monkeypatch: pytest.MonkeyPatch, width: int, count: int) -> None:
    """However many points there are; those that do not fit are counted."""
    monkeypatch.setenv("COLUMNS", str(width))
    points = tuple(point(1 + place % 28, 0.5 + place % 7 / 100) for place in range(count))
    out = courses([replace(COURSE, points=points, failures=(FAILED,))], "table")
    plot = [line for line in out.splitlines() if {"┤", "└"} & set(line) or line.strip().startswith("2026-01-01")]
    assert len(plot) >= 8
    assert max(map(cell_len, plot)) <= width
    assert ("earlier points are not drawn" in out) == (count == 300)


def test_a_score_that_never_moved_is_one_line() -> None:
    """And one that always was the same in all its points is drawn in the middle."""
    still = replace(COURSE, points=POINTS[:1], failures=())
    assert courses([still], "table") == "zh/a · one · ndcg@10: 0.600, 2 runs, no change\n"
    flat = replace(POINTS[0], score=replace(POINTS[0].score, interval=Interval(None, None, "none")))
    lines = courses([replace(COURSE, points=(flat, flat), failures=())], "table").splitlines()
    assert (lines[1], lines[4], lines[7]) == ("  0.610 ┤", "        ┤●   ●", "  0.590 ┤")


def test_a_point_that_could_not_be_compared_says_so() -> None:
    """Where its value is another."""
    loose = replace(point(2, 0.4), since=0, reason="no scores per item")
    out = courses([replace(COURSE, points=(POINTS[0], loose))], "table")
    assert "2026-01-02 (run r2)  0.600 → 0.400, not compared: no scores per item" in out


def test_json() -> None:
    """Every point with its marks and its comparison; absence is null."""
    found = json.loads(courses([COURSE], "json"))["courses"][0]
    assert (found["suite"], found["embedder"], found["metric"], found["higher_is_better"]) == (
        *("zh/a", "one", "ndcg@10"),
        True,
    )
    assert [each["marks"] for each in found["points"]] == [[], [], ["down", "embedder"], ["data"]]
    assert list(found["points"][0]) == list(COLUMNS[3:])
    assert (found["points"][0]["since"], found["points"][0]["difference"], found["points"][0]["p"]) == (None,) * 3
    changed = found["points"][2]
    assert (changed["since"], changed["difference"], changed["p_adjusted"]) == ("r1", -0.1, 0.0004)
    assert found["failures"][0]["reason"] == "server is down\n500"


def test_csv_and_markdown() -> None:
    """A row for each point."""
    rows = list(csv.DictReader(io.StringIO(courses([COURSE], "csv"))))
    assert [row["marks"] for row in rows] == ["", "", "down embedder", "data"]
    assert list(rows[0]) == list(COLUMNS)
    assert courses([COURSE], "markdown").count("\n") == 2 + 4


def test_nothing() -> None:
    """Every layout can say it."""
    assert courses([], "table") == "no results\n"
    assert json.loads(courses([], "json")) == {"courses": []}
    assert "no results" in picture([])


def test_the_picture() -> None:
    """A title to be read aloud, a background, no script; a mark for each point, a line where none is broken."""
    root = ET.fromstring(picture([COURSE, COURSE]))  # noqa: S314 # our own
    assert root.get("role") == "img"
    assert [root.findtext(f"{SVG}{name}") for name in ("title", "desc")] == [
        "The course of scores over runs",
        "zh/a · one · ndcg@10: 0.500; zh/a · one · ndcg@10: 0.500",
    ]
    assert root.find(f"{SVG}rect").get("fill") == "#ffffff"  # type: ignore[union-attr]  # it is there, or this fails
    assert len(root.findall(f".//{SVG}circle")) == 2 * 3
    (triangle, _) = root.findall(f".//{SVG}polygon")
    assert "down -0.100" in str(triangle.findtext(f"{SVG}title"))
    assert sum("stroke-dasharray" in line.attrib for line in root.iter(f"{SVG}line")) == 2


def test_colours_say_whether_a_change_is_for_the_better() -> None:
    """Down is good where lower is better; the triangle still points down."""
    worse, better = (picture([replace(COURSE, higher_is_better=higher)]) for higher in (True, False))
    assert worse.replace("#b42318", "#1a7f37") == better
    assert worse != better


def test_the_picture_holds_any_name() -> None:
    """Nothing in a name becomes markup, and what XML cannot hold is replaced."""
    nasty = replace(COURSE, embedder=NASTY, failures=(replace(FAILED, reason=f"]]>{NASTY}" + "长" * 300),))
    drawn = picture([nasty])
    drawn.encode()
    root = ET.fromstring(drawn)  # noqa: S314 # the same
    assert root.find(f".//{SVG}script") is None
    texts = [text.text or "" for text in root.iter(f"{SVG}text")]
    assert "zh/a · 模型:<script>alert(1)</script>&\"'\ufffd\ufffd · ndcg@10" in texts
    assert max(map(len, texts)) <= 125


def test_one_point_is_drawn_too() -> None:
    """In the middle."""
    root = ET.fromstring(picture([replace(COURSE, points=POINTS[:1], failures=())]))  # noqa: S314 # the same
    assert root.find(f".//{SVG}circle").get("cx") == "473.0"  # type: ignore[union-attr]  # the same


@pytest.mark.parametrize("layout", ["table", "markdown"])
def test_no_name_leaves_its_line(layout: str) -> None:
    """It moves no terminal, ends no line and no cell, calls nobody and is no element."""
    nasty = replace(COURSE, suite="zh/a\n| b", embedder=f"{NASTY}\x1b[2J @team `x` \u202e")
    text = courses([nasty], layout)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800]", text)
    assert len(text.splitlines()) == len(courses([COURSE], layout).splitlines())
    if layout == "markdown":
        assert {len(re.findall(r"(?<!\\)\|", one)) for one in text.splitlines()} == {9}
        assert not re.search(r"<script|@team|`", re.sub(r"\\.", "", text))


def test_points_of_one_day_have_their_time() -> None:
    """Wherever a day is told; a day of its own needs none."""
    later = replace(POINTS[2].run, started_at="2026-01-01T09:30:00+00:00")
    points = (POINTS[0], replace(POINTS[2], run=later), point(2, 0.5, "data"))
    told = replace(COURSE, points=points, failures=())
    for text in (courses([told], "table"), picture([told])):
        assert "2026-01-01 09:30 (run r3)  down" in text
        assert "since 2026-01-01 00:00 (run r1), " in text
        assert "2026-01-02 00:00" not in text
    assert "| 2026-01-01 09:30 |" in courses([told], "markdown")


def test_points_of_one_minute_have_their_second_and_the_run() -> None:
    """Two runs of a build are told apart, and can be handed to `harness compare`."""
    quick = replace(POINTS[2].run, started_at="2026-01-01T00:00:42+00:00", id="0123456789abcdef")
    told = replace(COURSE, points=(POINTS[0], replace(POINTS[2], run=quick)), failures=())
    for text in (courses([told], "table"), picture([told])):
        assert "2026-01-01 00:00:42 (run 01234567)  down" in text
        assert "since 2026-01-01 00:00:00 (run r1), " in text
    assert "| 2026-01-01 00:00:42 | 01234567 |" in courses([told], "markdown")
