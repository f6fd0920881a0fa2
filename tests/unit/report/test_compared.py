"""A comparison as text: whole outputs, widths in cells, narrow terminals, Chinese, JSON without NaN."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from textwrap import dedent
from typing import Any

import pytest
from rich.cells import cell_len

from harness.compare.words import settled
from harness.model import Compared, Comparison, Difference, Moved, NotCompared, Side, Tally
from harness.report.compared import compared
from harness.statistics.estimates import Constant, Student, Unknown

A, B = (Side(name, f"{name}-run", name, "2026-01-02T03:04:05") for name in ("bm25:", "st:小模型"))
NOTHING = Unknown(0.0, 0, "")


def difference(metric: str = "ndcg@10", value: float = -0.203, error: float = 0.02, **changed: Any) -> Difference:
    """A difference on 259 items in 87 groups, settled."""
    told = Student(value, error, 86, 87)
    fields = {
        "suite": "zh/lexical-gap",
        "metric": metric,
        "headline": metric == "ndcg@10",
        "higher_is_better": True,
        "a": 0.546,
        "b": 0.546 + value,
        "estimate": told,
        "items": 259,
        "groups": 87,
        "tally": Tally(21, 169, 69),
        "effect": -0.45,
        "test": "t",
        "p": told.p(),
        "cross": 0.0001,
        "adjusted": 2 * (told.p() or 1),
        "family": "Holm over 2 suites",
        "detectable": 0.057,
        "margin": 0.02,
    }
    return settled(Difference(**(fields | changed)))


ABSENT = difference("mrr", headline=False, estimate=NOTHING, p=None, tally=None, reason="B has no items of mrr")
MOVED = (
    Moved("q17", "d1", "ndcg@10", 0.613, 0.0, "怎么开具发票？", "开票流程说明", "食堂菜单"),
    Moved("q3", "d2", "ndcg@10", 0.25, 0.75, "reset\n a \x1b[31mpassword", "d9", "d9"),
)


def outcome(*differences: Difference, moved: tuple[Moved, ...] = MOVED, **changed: Any) -> Compared:
    """A comparison on one suite, and a suite that was not compared."""
    one = Comparison("zh/lexical-gap", "retrieval", "f1", A, B, differences or (difference(), ABSENT), moved)
    missing = (NotCompared("zh/process", "B failed: no memory"),)
    return replace(Compared("bm25:", "st:小模型", 0.02, (one,), missing, ("a note",)), **changed)


def test_the_whole_terminal_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who, the table, what its numbers are, the sentence, the items both ways, what is missing, notes."""
    monkeypatch.setenv("COLUMNS", "108")
    assert compared(outcome(), "table") == dedent("""\
        A  bm25:  (run bm25:-ru of 2026-01-02)
        B  st:小模型  (run st:小模型-r of 2026-01-02)
        ┏━━━━━━━━━━━━━━━━┳━━━━━━━━━━━┳━━━━━━━┳━━━━━━━┳━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┳━━━━━━━━━━┳━━━━━━━━━┓
        ┃ suite          ┃     items ┃     A ┃     B ┃            B - A ┃ won/tied/lost ┃        p ┃ verdict ┃
        ┃ metric         ┃           ┃       ┃       ┃    95 % interval ┃ effect size d ┃     test ┃         ┃
        ┡━━━━━━━━━━━━━━━━╇━━━━━━━━━━━╇━━━━━━━╇━━━━━━━╇━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━╇━━━━━━━━━━╇━━━━━━━━━┩
        │ zh/lexical-gap │       259 │ 0.546 │ 0.343 │           -0.203 │     21/169/69 │   <0.001 │   worse │
        │ ndcg@10        │ 87 groups │       │       │ -0.243 to -0.163 │         -0.45 │ t <0.001 │         │
        └────────────────┴───────────┴───────┴───────┴──────────────────┴───────────────┴──────────┴─────────┘
        B - A on the same items, with its 95 % interval. Equal: within 0.02. p: corrected (Holm over 2 suites), and
        that of the test.

        · B is worse on zh/lexical-gap: ndcg@10 0.343 against 0.546, -0.203 (-0.243 to -0.163), p <0.001. 259 items
          in 87 groups: B does better on 21, worse on 69; effect size d -0.45. These items show a difference of
          0.057 or more.

        zh/lexical-gap, ndcg@10: where B gains most
          0.250 → 0.750  q3  reset a �[31mpassword
            A, B  d9

        zh/lexical-gap, ndcg@10: where B loses most
          0.613 → 0.000  q17  怎么开具发票？
               A  开票流程说明
               B  食堂菜单

        Not compared:
        · zh/process: B failed: no memory

        Notes:
        · a note
        """)


def test_the_legend_says_what_was_corrected() -> None:
    """Claims over suites, other metrics within their suite, or nothing where there is one claim."""
    other = difference("map", family="maxT over 3 metrics")
    told = " ".join(compared(outcome(difference(), other), "table", every=True).split())
    assert "p: corrected (Holm over 2 suites; maxT or Holm over the other metrics of a suite), and that" in told
    assert "p: of the test." in compared(outcome(difference(family="1 suite")), "table")


def test_parts_of_a_score_are_called_so() -> None:
    """Where a metric is no mean, items have no values of their own."""
    text = compared(outcome(difference(tally=None)), "table")
    assert "zh/lexical-gap, ndcg@10: where B gains most, by what an item adds to the score" in text
    assert "by what" not in compared(outcome(), "table")


def test_all_metrics_have_a_row() -> None:
    """One that could not be compared has dashes, and its reason below."""
    lines = compared(outcome(), "table", every=True).splitlines()
    (row,) = (place for place, line in enumerate(lines) if "not compared │" in line)
    assert "mrr" in lines[row + 1]
    assert lines[row].count("–") == 6
    assert "mrr" not in compared(outcome(difference()), "table")


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120])
def test_no_line_is_wider_than_the_terminal(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In cells, two for a Chinese character; a table lines up, and a narrow terminal gets a list."""
    monkeypatch.setenv("COLUMNS", str(width))
    long = Moved("问" * 60, "d", "ndcg@10", 0.0, 1.0, "答" * 90, "文" * 90, "词" * 90)
    lines = compared(outcome(difference(), moved=(long,)), "table").splitlines()
    assert max(map(cell_len, lines[2:])) <= width  # before that stand names, which are there to be copied
    framed = {cell_len(line) for line in lines if line[:1] in "┏┃┡│├└" and line}
    assert len(framed) == (1 if width >= 80 else 0)
    text = "\n".join(lines)
    assert ("won/tied/lost" in text) == (width >= 120)
    assert "-0.203" in text


def test_verdicts_are_coloured_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Red for worse; nothing is coloured in a file."""
    assert "\x1b[31m" not in compared(outcome(moved=()), "table")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert "\x1b[31m" in compared(outcome(moved=()), "table")


def test_markdown() -> None:
    """The same as tables and lists; texts cannot break out of their cells, nor call anybody."""
    moved = (replace(MOVED[0], text="a | b <script> @team", answer_b="长" * 200),)
    text = compared(outcome(moved=moved), "markdown", every=True)
    assert text.startswith("- A bm25: (run bm25:-ru of 2026-01-02)\n- B st:小模型")
    assert "| zh/lexical-gap | ndcg@10 | 259 in 87 groups | 0.546 | 0.343 | -0.203 | -0.243 to -0.163 |" in text
    assert "**zh/lexical-gap, ndcg@10: where B loses most**" in text
    assert f"| q17 | a \\| b \\<script\\> @\u200bteam | 0.613 | 0.000 | A: 开票流程说明<br>B: {'长' * 59}… |" in text
    assert "**Not compared**\n\n- mrr of zh/lexical-gap: B has no items of mrr\n- zh/process: B failed" in text
    assert text.endswith("**Notes**\n\n- a note\n")


def test_json_has_every_number() -> None:
    """Stable keys; null with its reason for what is absent; never NaN."""
    strange = difference("map", a=float("nan"), estimate=Unknown(float("nan"), 1, "1 group"), p=None, adjusted=None)
    found = json.loads(compared(outcome(difference(), ABSENT, strange), "json"), parse_constant=pytest.fail)
    assert list(found) == ["a", "b", "margin", "suites", "not_compared", "notes"]
    (suite,) = found["suites"]
    assert list(suite) == ["suite", "kind", "fingerprint", "a", "b", "differences", "moved"]
    assert suite["a"] == {"label": "bm25:", "run": "bm25:-run", "identity": "bm25:", "started_at": A.started_at}
    first, absent, odd = suite["differences"]
    assert first["difference"] == -0.203
    assert first["verdict"] == "worse"
    assert (first["wins"], first["ties"], first["losses"], first["p_sign_flip"]) == (21, 169, 69, 0.0001)
    assert list(first) == list(absent)
    empty = {key for key, value in absent.items() if value is None}
    assert {"a", "b", "difference", "low", "high", "p", "verdict", "wins"} <= empty
    assert absent["reason"] == absent["interval_reason"] == "B has no items of mrr"
    assert (odd["a"], odd["difference"], odd["interval_reason"]) == (None, None, "1 group")
    assert suite["moved"][0]["text"] == "怎么开具发票？"
    assert found["not_compared"] == [{"suite": "zh/process", "reason": "B failed: no memory"}]


def test_csv_has_a_line_per_metric() -> None:
    """With who is compared; the numbers are those of json."""
    rows = list(csv.DictReader(io.StringIO(compared(outcome(), "csv"))))
    assert [(row["suite"], row["metric"], row["embedder_b"]) for row in rows] == [
        ("zh/lexical-gap", "ndcg@10", "st:小模型"),
        ("zh/lexical-gap", "mrr", "st:小模型"),
    ]
    assert (rows[0]["difference"], rows[1]["difference"]) == ("-0.203", "")


def test_less_is_better_turns_gains_round() -> None:
    """Where a smaller value is better, an item whose value fell is one that B gains."""
    text = compared(outcome(difference(higher_is_better=False)), "table")
    assert text.index("where B gains most") < text.index("q17") < text.index("where B loses most") < text.index("q3")


def test_what_has_no_tally_or_interval_is_shown_without() -> None:
    """A metric that is no mean has no wins; too few items have no interval and no p."""
    bare = difference(estimate=Unknown(0.1, 3, "too few"), tally=None, effect=None, p=None, adjusted=None, test="none")
    text = compared(outcome(bare, moved=()), "table")
    assert "no interval" in text
    assert "nan" not in text.lower()
    same = settled(difference(estimate=Constant(0.0, 87), effect=None, p=1.0, adjusted=1.0), same=True)
    assert "equal" in compared(outcome(same, moved=()), "table")


def test_what_is_shown_is_told_once() -> None:
    """A metric that is not shown is not listed as not compared; one that is shown has its reason once."""
    absent = difference(reason="B has no items of ndcg@10", estimate=NOTHING, p=None, tally=None)
    text = compared(outcome(absent, ABSENT), "table")
    assert text.count("B has no items of ndcg@10") == 1
    assert "B has no items of mrr" not in text
    assert compared(outcome(absent, ABSENT), "table", every=True).count("B has no items of mrr") == 1


@pytest.mark.parametrize("layout", ["table", "markdown"])
def test_suites_are_counted(layout: str) -> None:
    """Of several suites it is said first on how many B is what; one needs no count."""
    found = outcome()
    equal = replace(found.comparisons[0], suite="en/faq", differences=(difference(value=0.001, error=0.005),))
    both = replace(found, comparisons=(*found.comparisons, equal))
    said = "Of 2 suites, B is better on 0, worse on 1, equal on 1, undecided on 0."
    assert compared(both, layout).index(said) < compared(both, layout).index("verdict")
    assert "Of 1" not in compared(found, layout)


EVIL = "\x1b[31m\n## x | `a` [b](http://c) @team <img>\u202e"
"""Moves a terminal, ends a line and a cell, is a heading, a link, a call, a picture; turns what follows."""


@pytest.mark.parametrize("layout", ["table", "markdown"])
def test_no_name_leaves_its_place(layout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of suites, embedders, metrics, items; in reasons and notes too: as many lines as with harmless names."""
    monkeypatch.setenv("COLUMNS", "2000")

    def told(name: str) -> str:
        side = replace(A, label=name, run=name)
        suite = f"zh/{name}"
        first = difference(name, suite=suite, headline=True)
        comparison = Comparison(suite, "", "f", side, side, (first,), (replace(MOVED[0], id=name, text=name),))
        refused = (NotCompared(suite, f"failed: {name}"),)
        return compared(Compared(name, name, 0.02, (comparison,), refused, (f"note {name}",)), layout)

    text = told(EVIL)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert len(text.splitlines()) == len(told("x").splitlines())
    if layout == "markdown":
        bare = re.sub(r"\\.", "", text)
        assert not re.search(r"@team|\]\(http|<img|`|://c", bare)
        cells = [len(re.findall(r"(?<!\\)\|", one)) for one in text.splitlines() if one.startswith("| zh/")]
        assert set(cells) == {13}


def test_a_difference_tells_its_numbers() -> None:
    """Reports ask it, not its estimate: the 95 % interval, the bounds of a gate, the error, what they rest on."""
    told, level = difference(), 1e-9
    assert told.interval == told.estimate.interval()
    narrow = told.estimate.interval(0.90)
    assert (told.bounds.low, told.bounds.high) == (pytest.approx(narrow.low, abs=level), pytest.approx(narrow.high))
    assert (told.error, told.unchanged) == (told.estimate.error, False)
    assert difference(estimate=NOTHING, p=None).ground == NOTHING.reason
    assert difference(estimate=Constant(0.0, 40)).unchanged
