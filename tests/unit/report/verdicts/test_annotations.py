"""Commands to a GitHub runner."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING

from harness.model import Gate
from harness.report.verdicts import annotations

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Ruling, Verdict

COMMAND = re.compile(r"::(notice|warning|error) title=([^:,]*)::(.*)")
"""What a runner takes a line apart with: a property ends at a comma or at the second pair of colons."""


def test_what_did_not_pass_is_beside_the_change(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """The sentence, an error for a regression, a warning for what is open or advisory, nothing for a pass.

    One for each gate, by its gravest answer; what there is to know is a notice, and no warning.
    """
    advisory, tables = Gate("en/process", "mrr@10", 0.02, primary=False), Gate("zh/tables", "ndcg@10", 0.02)
    found = verdict(
        ruling(answer="pass"),
        ruling(answer="inconclusive", reference="anchor 2026-q3", words="9 items"),
        ruling(answer="inconclusive", asked=tables, words="100 items, 50 % of them"),
        ruling(asked=advisory, words="lost 0.09"),
        ruling(words="lost"),
        notes=("no noise was measured",),
    )
    told = "::minilm: lost; against anchor 2026-q3, inconclusive: 9 items"
    assert annotations(found) == dedent(f"""\
        ::notice title=embedding gate::Regression. Gates: 1 regression, 2 inconclusive, 1 pass. Advisory: 1 regression.
        ::error title=regression%3A zh/lexical-gap ndcg@10 against baseline main{told}
        ::warning title=inconclusive%3A zh/tables ndcg@10 against baseline main::minilm: 100 items, 50 %25 of them
        ::warning title=regression%2C advisory%3A en/process mrr@10 against baseline main::minilm: lost 0.09
        ::notice title=embedding gate::no noise was measured
        """)


def test_what_is_open_is_an_error_where_it_fails(
    ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]
) -> None:
    """As the exit code has it."""
    found = annotations(verdict(ruling(answer="inconclusive"), policy="fail"))
    assert [line.split()[0] for line in found.splitlines()] == ["::notice", "::error"]


def test_a_text_cannot_begin_a_command(hostile: Verdict) -> None:
    """Each line is the one command that it was meant to be."""
    lines = annotations(hostile).splitlines()
    assert len(lines) == 3
    assert [found[1] for line in lines if (found := COMMAND.fullmatch(line))] == ["notice", "error", "notice"]
    assert not [line for line in lines if "##[" in line]


def test_a_percent_sign_is_no_escape(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """%0A in a text is shown as it is, not as a new line."""
    assert "::minilm: a%250Ab\n" in annotations(verdict(ruling(words="a%0Ab")))


def test_a_long_message_is_cut(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """An annotation is a box of a few lines."""
    assert max(map(len, annotations(verdict(ruling(words="x" * 100_000))).splitlines())) < 800
