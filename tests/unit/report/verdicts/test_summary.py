"""The summary in markdown: what a page makes of it, and that no text of an item gets out of its place."""

from __future__ import annotations

import re
from itertools import pairwise
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from harness.model import Gate, Limit, Moved
from harness.report import verdicts
from harness.report.verdicts.summary import LIMIT, code, marker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from markdown_it.token import Token

    from harness.model import Ruling, Verdict

BREAK = "\u200b"
CONTACTS = re.compile(r"(?<!\w)@\w|https?://|www\.|#\d|GH-\d")
"""What GitHub and GitLab look for in text, after they have rendered it."""


def tokens(markdown: str) -> Iterator[Token]:
    """What a page is made of: blocks, and what stands in them."""
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        yield from token.children or [token]


def cells(markdown: str) -> list[list[str]]:
    """The rows of the table as a page shows them."""
    html = MarkdownIt("commonmark").enable("table").render(markdown)
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]


def test_the_whole_summary(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """A mark for bots, the sentence, the table with what did not pass first, why, the worst items, notes, the age."""
    budget = Limit("", "latency p95", "<=", 80, "ms")
    passed = ruling(asked=budget, answer="pass", words="of one query", reference="", difference=None, value=61.2)
    assert verdicts.summary(verdict(passed, ruling(), notes=("the margin is below the noise",))) == dedent("""\
        <!-- embedding-gate main -->
        ## ❌ Embedding gate

        **Regression. Gates: 1 regression, 1 pass.**

        Candidate: `minilm`

        |  | suite | metric | against | before → now | difference (90 %) | margin | answer |
        | --- | --- | --- | --- | ---: | ---: | ---: | --- |
        | ❌ | `zh/lexical-gap` | `ndcg@10` | `baseline main` | 0.700 → 0.610 | -0.090 (-0.140 to -0.040) | 0.02 | regression |
        | ✅ | `budget` | `latency p95` | `<= 80 ms` | 61.2 ms | – | – | pass |

        <sub>The difference has its 90 % interval. A gate passes where even the worse end of it loses less than the margin.</sub>

        - **regression**: `zh/lexical-gap ndcg@10 against baseline main`: lost 0.09, more than 0.02

        **Items that lost most**: `zh/lexical-gap ndcg@10 against baseline main`

        - 1.000 → 0.000 `q7` `红烧肉怎么做`
          - first before: `五花肉切块`
          - first now: `今天天气很好`

        **Notes**

        - the margin is below the noise

        Baseline `main` is 12 days old. To make it anew: `harness baseline save main -e minilm`
        """)  # noqa: E501 # a row of a table is one line


def test_a_pass_is_short(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """The table, no reasons and no items."""
    text = verdicts.summary(verdict(ruling(answer="pass")))
    assert "## ✅ Embedding gate" in text
    assert "q7" not in text
    assert "lost 0.09" not in text


def test_the_layout_markdown_is_the_summary(verdict: Callable[..., Verdict]) -> None:
    """One form, wherever it goes."""
    assert verdicts.verdict(verdict(), "markdown") == verdicts.summary(verdict())


def test_several_candidates_are_told_apart(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """In every row; beyond five they are counted."""
    text = verdicts.summary(verdict(*(ruling(embedder=f"model-{number}") for number in range(7))))
    assert "`model-4` and 2 more" in text
    assert [row[1] for row in cells(text)[1:3]] == [
        f"<code>zh/lexical-gap</code><br><code>model-{number}</code>" for number in range(2)
    ]


def test_reasons_and_items_name_their_candidate(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """Where there are several, whose gates would else read alike."""
    text = verdicts.summary(verdict(*(ruling(embedder=name, words="lost") for name in ("a", "b"))))
    for name in ("a", "b"):
        assert f"- **regression**: `zh/lexical-gap ndcg@10 against baseline main` of `{name}`: lost" in text
        assert f"**Items that lost most**: `zh/lexical-gap ndcg@10 against baseline main` of `{name}`\n" in text


@pytest.mark.parametrize(
    ("baseline", "mark"),
    [("main", "embedding-gate main"), ("", "embedding-gate"), ("基线-2026", "embedding-gate 基线-2026")],
)
def test_a_bot_finds_its_comment(verdict: Callable[..., Verdict], baseline: str, mark: str) -> None:
    """By the first line, which names the baseline: another gate of the repository has another comment."""
    assert verdicts.summary(verdict(baseline=baseline)).splitlines()[0] == f"<!-- {mark} -->"


def test_an_item_cannot_leave_its_place(hostile: Verdict) -> None:
    """No tag, link, picture or emphasis of a text; no person, page or issue outside of a code span."""
    text = verdicts.summary(hostile)
    found = list(tokens(text))
    html = [token.content.strip() for token in found if token.type.startswith("html")]
    assert set(html) <= {marker(hostile), "<sub>", "</sub>", "<br>"}
    assert {token.type for token in found} & {"link_open", "image", "em_open", "hr", "fence", "code_block"} == set()
    words = [token.content for token in found if token.type == "text"]
    assert [word for word in words if CONTACTS.search(word)] == []
    strong = {token.content for before, token in pairwise(found) if before.type == "strong_open"}
    assert "bold" not in strong
    spans = [token.content for token in found if token.type == "code_inline"]
    assert any("`tick` ``two``" in span for span in spans)
    assert [line for line in text.splitlines() if line.startswith("::")] == []


def test_a_name_cannot_leave_its_cell(hostile: Verdict) -> None:
    """The table has its eight columns and its one row, whatever bars and backticks are in a name."""
    rows = cells(verdicts.summary(hostile))
    assert [len(row) for row in rows] == [8, 8]
    assert rows[1][2] == "<code>ndcg@10</code>"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("采购", "`采购`"),
        ("", ""),
        (" \n ", ""),
        ("a`b", "``a`b``"),
        ("`a", "`` `a ``"),
        ("``", "``` `` ```"),
        ("a\nb\tc", "`a b c`"),
        ("\\", "`\\`"),
    ],
)
def test_a_code_span_holds_any_text(text: str, shown: str) -> None:
    """One run of backticks longer than any inside, and a blank beside one at its edge."""
    assert code(text) == shown
    if shown:
        (paragraph,) = [token for token in MarkdownIt("commonmark").parse(shown) if token.type == "inline"]
        assert [token.type for token in paragraph.children or []] == ["code_inline"]


@pytest.mark.parametrize("metric", ["ndcg@10", "recall@1"])
def test_a_metric_is_no_person(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict], metric: str) -> None:
    """Its name in a sentence stays as it can be copied."""
    assert f"the {metric} fell" in verdicts.summary(verdict(ruling(words=f"the {metric} fell")))


def test_people_pages_and_issues_are_not_linked(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """In a sentence that repeats a service's words, which a code span would make unreadable."""
    words = "@admin a@b.cn https://x.cn www.x.cn #12 gh-3 **b** <i>"
    shown = verdicts.summary(verdict(ruling(words=words)))
    assert (
        f"@{BREAK}admin a@{BREAK}b.cn https:{BREAK}//x.cn www{BREAK}.x.cn \\#{BREAK}12 gh-{BREAK}3 "
        "\\*\\*b\\*\\* \\<i\\>" in shown
    )


LONG = "采购申请🎉`" * 5_000


@pytest.mark.parametrize("most", [1, 40, 3_000])
@pytest.mark.parametrize("text", [LONG, "a\u0301\u0302\u0303" * 5_000, "a" * 70_000, "`" * 70_000, "|<@" * 9_000])
def test_it_fits_whatever_the_input(
    ruling: Callable[..., Ruling], verdict: Callable[..., Verdict], text: str, most: int
) -> None:
    """Below 60 KB, so that no service cuts it; what was left out is counted, and the baseline's age is still there."""
    moved = (Moved(text, "", "ndcg@10", 1.0, 0.0, text, text, text),) * min(most, 50)
    one = ruling(asked=Gate(text, text, 0.02), embedder=text, words=text, reference=text, moved=moved)
    found = verdict(*((one,) * most), notes=(text,) * most, baseline=text, refresh=text)
    shown = verdicts.summary(found)
    assert len(shown.encode()) < LIMIT
    assert "12 days old" in shown
    if most == 3_000:
        left = re.findall(r"^… ([\d,]+) more (\w+): see the log of the job\.$", shown, re.MULTILINE)
        assert [what for _, what in left] == ["rulings", "reasons", "items", "notes"]
