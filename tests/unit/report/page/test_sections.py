"""What each section says."""

from __future__ import annotations

import re
import shlex
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from harness.compare.choice import not_measured
from harness.model import Facts, Open, Remarks, Unmet
from harness.report.page import page
from harness.report.page.content import Data, Model, Surroundings
from tests.report_content import ENVIRONMENT, MOMENT, SCORES, field_of, large, row_of, small

if TYPE_CHECKING:
    from harness.report.page.content import Content


def section(content: Content, title: str, language: Any = "en") -> str:
    """The markdown below a title."""
    return page(content, "markdown", language).split(f"## {title}\n\n")[1].split("\n\n## ")[0]


def code(text: str) -> list[str]:
    """The blocks of code."""
    return re.findall(r"^```\w+\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)


def row_starting(text: str, name: str) -> str:
    """The line of a table that begins with a name."""
    return next(line for line in text.splitlines() if line.startswith(f"| {name}"))


def test_the_decision_comes_first_in_words() -> None:
    """The sentence of `harness best`, then the best set with its p, the chosen one marked."""
    text = section(small(), "The decision")
    assert text.startswith("> The scores do not tell α from β on the average of 2 suites; take α, the only one")
    assert "Correction for many comparisons: step-down maxT over all pairs, by sign flips." in text
    assert "| **α**<br>chosen | 1 | 0.800 | 0.750–0.850 |  |" in text
    assert "| **β** | 2 | 0.700 | 0.650–0.750 | 0.300 |" in text


def test_without_an_average_nothing_is_decided_over_all() -> None:
    """Each suite has its own best set; nothing is drawn against costs."""
    content = small({"overall": None, "chosen": None, "admitted": ()})
    assert "There is no single best set" in section(content, "The decision")
    assert "Nothing to draw" in section(content, "Quality against cost")


def test_what_cannot_be_tested_is_said() -> None:
    """Too few items: no p, no correction, but the reason."""
    field = field_of("甲", {"α": 0.8, "β": 0.7})
    untold = [replace(one, p=None, in_best=True, beats=()) for one in field.standings]
    why = "3 independent groups of items: at least 5 are needed"
    content = small({"fields": (replace(field, standings=tuple(untold), correction=why),), "overall": None})
    assert f"Whether the others are better or worse cannot be told: {why}." in section(content, "The decision")
    assert "无从判断：独立样本组仅 3 个，至少需要 5 个。" in section(content, "结论", "zh")


def test_needs_are_met_missed_or_not_known() -> None:
    """Each with what was found."""
    needs = ("latency p95 <= 5 ms", "dimension <= 512")
    unmet = {"β": (Unmet(needs[0], "21 ms"),), "γ": (Unmet(needs[1], "it makes no vectors", known=False),)}
    content = small({"needs": needs, "unmet": unmet})
    text = section(content, "Needs")
    assert row_starting(text, "**α**") == "| **α** | **✓ met** | **✓ met** |"
    assert row_starting(text, "β") == "| β | ✗ missed<br>21 ms | **✓ met** |"
    assert row_starting(text, "γ") == "| γ | **✓ met** | ? not known<br>it makes no vectors |"
    assert "| γ | **✓ 满足** | ? 未知<br>不产生向量 |" in section(content, "要求", "zh")


def test_open_questions_say_how_many_items_more() -> None:
    """As `harness best` does, and the difference."""
    text = section(small({"open": (Open("α", "β", "甲", 100, 1234),)}), "Open questions")
    assert "about 1,234 would show a difference" in text
    assert text.endswith("That is 1,134 more.")


def test_where_nothing_was_compared_nothing_is_settled() -> None:
    """Everybody failed, or was alone: no empty table, and no claim about open questions."""
    for scores, rows in (({"α": None}, 0), ({"α": 0.5}, 1)):
        told: dict[str, Any] = {"fields": (field_of("甲", scores, ""),), "overall": None, "facts": {}}
        content = small({**told, "chosen": "α" if rows else None, "admitted": ("α",) * rows})
        assert section(content, "Open questions") == "There was nobody to compare with."
        assert section(content, "The decision").count("*The best set*") == rows
        assert "<br>n=100 |" in section(content, "Scores")


def test_what_nobody_can_settle_has_no_number() -> None:
    """No items that would settle it are made up."""
    text = section(small({"open": (Open("α", "β", "甲", 100, None),)}), "Open questions")
    assert "nobody can say how many" in text
    assert "more." not in text


def test_cells_have_interval_letters_and_footnotes() -> None:
    """Letters are those of the table's rows, whatever a field calls its standings."""
    rows = [row_of("甲", name, value, warnings=("cut",) if name == "β" else ()) for name, value in SCORES.items()]
    text = section(small(rows=rows), "Scores")
    assert row_starting(text, "α") == (
        "| α a | **0.800**<br>0.750–0.850 | **0.800** c<br>0.750–0.850 | **0.800** c<br>0.750–0.850 |"
    )
    assert row_starting(text, "β") == (
        "| β b | **0.700**<br>0.650–0.750 | **0.700** \\[1]<br>0.650–0.750 | **0.700**<br>0.650–0.750 |"
    )
    assert row_starting(text, "γ") == "| γ c | – \\[2] | failed \\[3] | failed \\[3] |"
    assert row_starting(text, "random floor") == "| random floor | – | 0.100 | – |"
    assert text.endswith("1. β · cut\n2. γ has no score on 甲, 乙\n3. γ · not run")


def test_many_suites_are_told_in_tables_of_a_sheet_s_width() -> None:
    """Of about the same width, each with all embedders."""
    text = section(large(3, 6), "Scores")
    heads = [line.count("|") - 2 for line in text.splitlines() if line.startswith("| embedder")]
    assert heads == [4, 3]
    assert "part 2 of 2" in text


def test_who_was_not_run_on_a_suite_is_named() -> None:
    """In the cell, and below what was not measured."""
    fields = (field_of("甲", SCORES), field_of("乙", {"α": 0.8}))
    rows = [row_of("甲", name, value) for name, value in SCORES.items()] + [row_of("乙", "α", 0.8)]
    content = small({"fields": fields, "overall": None}, rows=rows)
    assert row_starting(section(content, "Scores"), "β").endswith("| –<br>not run |")
    missing = section(content, "What was not measured, and what to be careful about")
    assert "- **Not run: β, γ on 乙**" in missing


def test_everything_to_be_careful_about_is_listed() -> None:
    """Failures with their suites, warnings, suite notes, notes of the decision, what is hidden, what has no costs."""
    rows = [row_of("甲", "α", 0.8, warnings=("trained on it",)), row_of("甲", "γ", None, reason="out of memory")]
    content = small(
        {"notes": ("甲 is odd",)}, rows=rows, remarks=Remarks({"甲": ["12 rows left out"]}, ["c"]), hidden=3
    )
    text = section(content, "What was not measured, and what to be careful about")
    for line in (
        "- **γ failed on 甲** out of memory",
        "- **Warning: trained on it** α on 甲",
        "- **About the data of 甲** 12 rows left out",
        "- 甲 is odd",
        "under the same suite name: 3**",
        "price of 1M tokens; peak memory, MB; dimension; index of 1M documents, MB; texts stay here** γ",
    ):
        assert line in text
    assert text.endswith("\n\nc")


def test_costs_are_dashes_with_a_reason_where_they_are_not_known() -> None:
    """Never a zero."""
    text = section(small(), "Costs")
    assert row_starting(text, "**α**") == "| **α** | 3 | 0 USD | 100 | 384 | 1,536 | yes | MIT |"
    assert row_starting(text, "γ") == "| γ | – \\[1] | – | – | – | – | – | MIT |"
    assert text.endswith("1. it makes no vectors")


def test_what_has_no_model_has_no_licence() -> None:
    """The harness says so in the language of the report; a licence keeps its name."""
    models = [Model(name, name, "", "", "", note) for name, note in (("α", "no model"), ("β", "MIT"))]
    text = section(small(models=models), "成本", "zh")
    assert row_starting(text, "**α**").endswith("| 无模型 |")
    assert row_starting(text, "β").endswith("| MIT |")


def test_prices_in_another_currency_are_not_drawn() -> None:
    """Yuan and dollars are on no common axis; the table has both."""
    facts = {"α": Facts(price=1.0, currency="CNY"), "β": Facts(price=2.0, currency="USD")}
    content = small({"facts": facts})
    assert "Nothing to draw" in section(content, "Quality against cost")
    assert "1 CNY" in section(content, "Costs")


def test_what_costs_nothing_is_drawn_in_any_currency() -> None:
    """A free embedder has a price of 0 in no currency, and is as cheap in each."""
    facts = {"α": Facts(price=1.0, currency="CNY"), "β": Facts(price=0.0)}
    text = section(small({"facts": facts}), "Quality against cost")
    assert "*Quality against price of 1M tokens, CNY*" in text
    assert row_starting(text, "β").startswith("| β | 0.700 | 0 |")


def test_a_cost_that_is_the_same_for_all_is_not_drawn() -> None:
    """There is nothing to be seen."""
    facts = {"α": Facts(latency=1.0, index=8), "β": Facts(latency=2.0, index=8)}
    text = section(small({"facts": facts}), "Quality against cost")
    assert "- Not drawn, as it is the same for all of whom it is known: index of 1M documents, MB" in text
    assert "- Not drawn, as it is known of fewer than two: price of 1M tokens; peak memory, MB" in text
    assert text.count("*Quality against") == 1


def test_environments_are_told_apart() -> None:
    """A column each with whom it ran, a row for what differs; what is the same is a line."""
    other = {**ENVIRONMENT, "packages": {"numpy": "2.2.0", "zlib": "1"}, "processors": 8}
    found = [Surroundings(one, [(name, "甲", MOMENT)]) for one, name in ((ENVIRONMENT, "α"), (other, "β"))]
    text = section(small(surroundings=found), "Environment")
    assert row_starting(text, "what") == (
        "| what | environment 1<br>runs: 1, 2026-01-02; α | environment 2<br>runs: 1, 2026-01-02; β |"
    )
    rows = [line for line in text.splitlines() if line.startswith("| ")][2:]
    assert rows == [
        "| processors | 4 | 8 |",
        "| numpy | 2.1.0 | 2.2.0 |",
        "| torch | 2.8+cpu | – |",
        "| zlib | – | 1 |",
    ]
    assert text.endswith("The same in all: Python 3.12.1, system Linux.")


def test_of_several_environments_the_first_is_installed() -> None:
    """It is the one of most runs; the text says that others differ."""
    other = {**ENVIRONMENT, "packages": {"numpy": "2.2.0"}}
    found = [Surroundings(one, [("α", "甲", MOMENT)]) for one in (ENVIRONMENT, other)]
    text = section(small(surroundings=found), "How to reproduce")
    assert code(text)[0] == "pip install numpy==2.1.0 torch==2.8"
    assert "Install the versions of environment 1, in which most runs were made" in text


WARNED = [
    row_of("甲", "α", 0.8, warnings=("cut",)),
    row_of("甲", "β", 0.12, warnings=("cut",)),
    row_of("乙", "α", 0.8, warnings=("cut", "trained on it")),
    row_of("乙", "β", 0.7, warnings=("cut",)),
]
"""α and β with the same warning on both suites, α with one more; β no better than chance on 甲."""


def test_warnings_of_the_chosen_one_stand_below_the_decision() -> None:
    """With their suites, the one of most suites first; those of others do not."""
    text = section(small(rows=WARNED), "The decision")
    told = text.split("\n\n")[1]
    assert told == "> Before you take α, know that:<br>• cut · 甲, 乙<br>• trained on it · 乙"
    assert "Before you take" not in section(small({"chosen": None, "admitted": ()}, rows=WARNED), "The decision")
    assert "Before you take" not in section(small(), "The decision")


def test_many_warnings_of_the_chosen_one_are_counted() -> None:
    """Five are told there, all of them below."""
    content = small(rows=[row_of("甲", "α", 0.8, warnings=tuple(f"w{at}" for at in range(7)))])
    told = section(content, "The decision").split("\n\n")[1]
    assert told.count("<br>") == 6
    assert told.endswith("• 2 more, listed below among what to be careful about")
    assert "w6" in section(content, "What was not measured, and what to be careful about")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"low": 0.09, "high": 0.2}, True),
        ({"low": 0.11, "high": 0.2}, False),
        ({"low": None, "high": None, "value": 0.1}, True),
        ({"low": None, "high": None, "value": 0.2}, False),
        ({"floor": None, "low": 0.0, "high": 0.2}, False),
        ({"higher_is_better": False, "low": 0.0, "high": 0.09}, False),
        ({"higher_is_better": False, "low": 0.0, "high": 0.11}, True),
    ],
)
def test_a_score_that_chance_could_get_is_marked(changed: dict[str, Any], said: bool) -> None:  # noqa: FBT001 # a table
    """One whose interval reaches the random floor, or that is there itself; the floor here is 0.1."""
    content = small(rows=[replace(row_of("甲", "α", 0.12), **changed)])
    found = "not shown to be better than the random floor"
    assert (f"α · {found}" in section(content, "Scores")) is said
    assert (found in section(content, "The decision")) is said


def test_equal_notes_are_told_once() -> None:
    """One footnote and one warning name all whom they are about."""
    content = small(rows=WARNED)
    assert "1. α, β · cut\n" in section(content, "Scores")
    missing = section(content, "What was not measured, and what to be careful about")
    assert missing.count("cut") == 1
    assert "- **Warning: cut** α, β on 甲, 乙" in missing


def test_one_command_measures_all_that_was_not() -> None:
    """However many embedders a profile is missing of."""
    facts = {name: Facts(notes={"latency": not_measured(f"-e {name}")}, profile=f"-e {name}") for name in ("α", "β")}
    content = small({"facts": facts})
    text = section(content, "Costs")
    assert text.endswith("\n\n1. not measured: harness profile -e 'α' -e 'β'")
    assert row_starting(text, "β").startswith("| β | – \\[1] |")


def test_who_has_no_average_but_is_among_the_best_is_named() -> None:
    """A ranker is left out of the average; that says nothing against it where it can be compared."""
    ranked = field_of("甲", {"γ": 0.9, "β": 0.8, "α": 0.7})
    overall = field_of("", SCORES, "average")
    told = {"fields": (ranked, field_of("乙", SCORES)), "overall": overall, "chosen": "α", "admitted": ("α",)}
    text = section(small(told), "The decision")
    assert row_starting(text, "γ") == "| γ | 1 of 1 suites | 甲 |"
    assert "Without an average" not in section(small({"overall": overall}), "The decision")


def test_the_commands_keep_the_language_and_name_what_they_lose() -> None:
    """A Chinese report is made again in Chinese; where the data of an mteb suite came from is not recorded."""
    data = [Data("mteb:X", "", "f", 1, "mteb:X")]
    text = section(small(data=data), "如何复现", "zh")
    assert code(text)[-1].endswith(" --lang zh")
    assert "?data=…" in text
    assert "?data=…" not in section(small(), "How to reproduce")


EVIL = "it's $(a) `b`;"


def reproduced() -> str:
    """How to reproduce a report of odd names: of harness.toml, two of one label, and one that was judged elsewhere."""
    content = small(
        {"fields": (replace(field_of("甲", SCORES), weight=2.5), field_of(f"my {EVIL}", SCORES))},
        data=[
            Data("甲", "", "f", 1, "甲"),
            Data(f"my {EVIL}", "", "f", 1, f"./my {EVIL}"),
            Data("mteb:X", "", "", 0, ""),
        ],
        models=[
            Model("mine", "mine", 'st:/a "b"', "", ""),
            Model("bm25: [abc]", "bm25:", "bm25:?k1=2", "", ""),
            Model("far", "far", "", "", ""),
        ],
        needs=("--max-latency-p95", "50ms", "--local-only"),
    )
    return section(content, "How to reproduce")


def test_commands_can_be_copied() -> None:
    """Quoted for a shell, whatever suites are called; with the needs."""
    run, report = code(reproduced())[-1].replace(" \\\n", "").split("\n")
    suites = ("-s", "甲", "-s", f"./my {EVIL}")
    assert shlex.split(run) == ["harness", "run", *suites, "-e", "mine", "-e", "bm25:?k1=2"]
    stored = ("-s", "甲", "-s", f"my {EVIL}", "-s", "mteb:X", "-e", "mine", "-e", "bm25:", "-e", "far")
    assert shlex.split(report) == ["harness", "report", *stored, "--max-latency-p95", "50ms", "--local-only"]


def test_versions_names_and_weights_can_be_copied() -> None:
    """A build of torch is no version of an index; what cannot be made again is named."""
    text = reproduced()
    install, settings, _ = code(text)
    assert install == "pip install numpy==2.1.0 torch==2.8"
    assert tomllib.loads(settings) == {"embedders": {"mine": 'st:/a "b"'}, "weights": {"甲": 2.5}}
    assert "cannot be made again here: far" in text
    assert "Suites that are folders" in text


def test_long_commands_go_on_in_the_next_line() -> None:
    """An option and its value stay together."""
    commands = code(section(large(9, 9), "How to reproduce"))[-1]
    assert max(map(len, commands.splitlines())) < 110
    assert all(not line.endswith(("-s \\", "-e \\")) for line in commands.splitlines())


@pytest.mark.parametrize(("up", "said"), [(True, False), (False, True)])
def test_a_metric_that_is_better_lower_says_so(up: bool, said: bool) -> None:  # noqa: FBT001 # a table of truth
    """In the heading of its column."""
    fields = (replace(field_of("甲", SCORES), higher_is_better=up),)
    assert ("lower is better" in section(small({"fields": fields, "overall": None}), "Scores")) is said


def test_letters_in_a_row_are_a_range() -> None:
    """Four or more of those that stand one after another in the table."""
    text = section(large(9, 1), "Scores")
    first, second = (row_starting(text, f"packaged:some-multilingual-model-{at}") for at in (0, 5))
    assert first.endswith("| **0.900** c–i<br>0.850–0.950 |")
    assert second.endswith("| 0.750 h i<br>0.700–0.800 |")


def test_many_suites_are_counted() -> None:
    """Six are named; of more the first five, or that it is all."""

    def warned(suites: int, of: int) -> tuple[str, str]:
        """What is said of a warning on some of all suites, below the decision and among what to be careful about."""
        content = large(2, of)
        rows = [replace(row, warnings=("cut",) * (at < 2 * suites)) for at, row in enumerate(content.rows)]
        told = replace(content, rows=rows)
        missing = section(told, "What was not measured, and what to be careful about")
        return section(told, "The decision").split("• cut · ")[1].split("\n")[0], missing.split("cut** ")[1]

    assert warned(8, 8)[0] == "all 8 suites"
    six, seven = warned(6, 8), warned(7, 8)
    assert six[0].startswith("zh/suite-number-0, ")
    assert six[0].endswith(", zh/suite-number-5")
    assert seven[0].endswith(", zh/suite-number-4 and 2 more")
    assert "on zh/suite-number-0, " in seven[1]
    assert "zh/suite-number-4 and 2 more" in seven[1]


def test_numbers_have_a_column_of_their_own() -> None:
    """Where letters or notes stand behind some of them: a place for these follows, and the head is over both."""
    html = page(small(), "html", "en")
    scores = html.split('<section id="scores"')[1].split("</section>")[0]
    assert scores.count('<th scope="col" class="n" colspan="2">') == 3
    rows = re.findall(r"<tr>(.*?)</tr>", scores.split("<tbody>")[1])
    assert {one.count("<td") for one in rows} == {6}
    best = html.split('<section id="decision"')[1].split("</section>")[0]
    assert "colspan" not in best
