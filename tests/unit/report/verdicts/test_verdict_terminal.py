"""A verdict in a terminal: whole outputs, widths in cells."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from harness.model import Gate, Limit
from harness.report import verdicts

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Difference, Ruling, Verdict

LEGEND = (
    "The difference has its 90 % interval. A gate passes where even the worse end of it loses less than the margin."
)


def test_the_whole_verdict(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """A sentence, a line per ruling, why, the worst items of what is no pass, notes, the baseline's age."""
    budget = Limit("", "latency p95", "<=", 80, "ms")
    passed = ruling(asked=budget, answer="pass", words="of one query", reference="", difference=None, value=61.2)
    found = verdict(ruling(), passed, notes=("the margin is below the noise",))
    assert verdicts.verdict(found, "table") == dedent(f"""\
    Regression. Gates: 1 regression, 1 pass.
    candidate minilm
    ┏━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━┳━━━━━━━━━━━━┓
    ┃ suite          ┃ metric      ┃ against       ┃ before → now  ┃ difference (90 %)         ┃ margin ┃ answer     ┃
    ┡━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━╇━━━━━━━━━━━━┩
    │ zh/lexical-gap │ ndcg@10     │ baseline main │ 0.700 → 0.610 │ -0.090 (-0.140 to -0.040) │ 0.02   │ regression │
    │ budget         │ latency p95 │ <= 80 ms      │ 61.2 ms       │ –                         │ –      │ pass       │
    └────────────────┴─────────────┴───────────────┴───────────────┴───────────────────────────┴────────┴────────────┘
    {LEGEND}
    regression: zh/lexical-gap ndcg@10 against baseline main: lost 0.09, more than 0.02
      1.000 → 0.000  item q7: 红烧肉怎么做
          first before: 五花肉切块
          first now: 今天天气很好
    pass: budget latency p95 <= 80 ms: of one query
    note: the margin is below the noise
    baseline main is 12 days old
    to make it anew: harness baseline save main -e minilm
    """)


def test_a_narrow_terminal(
    ruling: Callable[..., Ruling], verdict: Callable[..., Verdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two lines per ruling, of which nothing but names is folded."""
    monkeypatch.setenv("COLUMNS", "80")
    found = verdict(ruling(answer="inconclusive", asked=Gate("./我们的套件/采购", "recall@1", 0.02, primary=False)))
    text = verdicts.verdict(found, "table")
    assert [line for line in text.splitlines() if line.startswith(("┃", "│"))] == [
        "┃ suite, metric     ┃ against       ┃ difference       ┃ margin ┃ answer       ┃",
        "│ ./我们的套件/采购 │ baseline main │ -0.090           │ 0.02   │ inconclusive │",
        "│ recall@1          │ 0.700 → 0.610 │ -0.140 to -0.040 │        │ advisory     │",
    ]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_chinese_lines_up(
    ruling: Callable[..., Ruling], verdict: Callable[..., Verdict], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """Every line of the table is as wide as the others, and none is wider than the terminal."""
    monkeypatch.setenv("COLUMNS", str(width))
    names = ("./我们的很长很长的套件名字/采购申请", "zh/lexical-gap", "表")
    text = verdicts.verdict(verdict(*(ruling(asked=Gate(name, "ndcg@10", 0.02)) for name in names)), "table")
    widths = {cell_len(line) for line in text.splitlines() if line.startswith(tuple("┏┃┡│├└"))}
    assert len(widths) == 1
    assert max(widths) <= width
    assert all(cell_len(line) <= width for line in text.splitlines() if "红烧肉" in line)


def test_candidates_have_tables_of_their_own(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """Each under its name, in their order, with its own reasons below it."""
    rulings = [ruling(embedder=name, words=f"of {name}", moved=()) for name in ("b", "a", "b")]
    lines = verdicts.verdict(verdict(*rulings), "table").splitlines()
    told = [line.removeprefix("regression: zh/lexical-gap ndcg@10 against baseline main: ") for line in lines]
    assert [line for line in told if line.startswith(("candidate", "of"))] == [
        *("candidate b", "of b", "of b"),
        *("candidate a", "of a"),
    ]
    assert len([line for line in lines if line.startswith("│ zh/lexical-gap")]) == 3


def test_a_pass_shows_no_items(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """Even where some lost."""
    assert "q7" not in verdicts.verdict(verdict(ruling(answer="pass")), "table")


def test_what_could_not_be_compared(
    ruling: Callable[..., Ruling], verdict: Callable[..., Verdict], difference: Callable[..., Difference]
) -> None:
    """Its reason stands in words, no number in the table."""
    one = ruling(answer="incomparable", words="other items", difference=difference(reason="other items"))
    text = verdicts.verdict(verdict(one), "table")
    assert "0.610" not in text
    assert "incomparable: zh/lexical-gap ndcg@10 against baseline main: other items" in text


def test_no_baseline(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """Nothing is said of its age."""
    found = verdict(ruling(reference=""), baseline="", age=None, refresh="")
    assert "baseline" not in verdicts.verdict(found, "table")


@pytest.mark.parametrize("width", [50, 80, 120])
def test_no_line_is_a_command(hostile: Verdict, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """A runner looks for two colons where a line begins, and for ##[ anywhere; a terminal for control characters."""
    monkeypatch.setenv("COLUMNS", str(width))
    lines = verdicts.verdict(hostile, "table").splitlines()
    assert not [line for line in lines if line.strip().startswith("::") or "##[" in line]
    assert not [line for line in lines if set(line) & set("\x1b\x00\r\u202e")]
