"""A decision as tables, as markdown, as JSON, and in one sentence that says no more than the numbers do."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from harness.model import Decision, Facts, Field, Interval, Open, Standing, Unmet
from harness.report.decision import LAYOUTS, decision, open_question, sentence

FRONT: dict[str, tuple[str, ...]] = {"price": (), "latency": (), "memory": (), "index": ()}
MAXT = "step-down maxT over all pairs, by sign flips"


def placed(name: str, place: int, beats: str = "", p: float | None = 0.5, *, best: bool = True) -> Standing:
    """An embedder with a place; its letter is a, b, c … by that."""
    value = 0.9 - place / 10
    shown = None if place == 1 else p
    letter = "abcdef"[place - 1]
    return Standing(name, name, letter, place, value, Interval(value - 0.05, value + 0.05), shown, best, tuple(beats))


def failed(name: str) -> Standing:
    """An embedder without a score."""
    return Standing(name, "", "", None, None, Interval(None, None, "x"), status="failed", reason="out of\nmemory")


def made(*standings: Standing, **given: object) -> Decision:
    """A decision on one suite; admitted are those of the best set, unless that is given."""
    correction = str(given.pop("correction", MAXT))
    field = Field("zh/a", "ndcg@10", 200, True, 1.0, standings, correction)
    admitted = tuple(one.embedder for one in standings if one.in_best)
    fields: dict[str, object] = {"facts": {}, "needs": (), "unmet": {}, "admitted": admitted, "front": FRONT}
    fields |= {"chosen": admitted[0] if admitted else None, "order": "", "fields": (field,), "overall": None}
    return Decision(**fields | given)  # type: ignore[arg-type]  # fields by name


LEVEL = (
    "The scores do not tell x from y on zh/a (ndcg@10); take x, with the highest score of the 2 that are not shown to "
    "be worse than the leader, whose costs are the same as far as they are known."
)
LEVEL_ZH = (
    "在 zh/a（ndcg@10）上，得分不能区分 x 与 y；选用 x，"
    "理由：在 2 个未被证明不如领先者的模型中，它得分最高；就已知情况看，它们的成本相同。"
)
CHEAPEST = (
    "The scores do not tell fair from good on zh/a (ndcg@10); take fair, the cheapest of the 2 that are not shown to "
    "be worse than the leader."
)
CHEAPEST_ZH = (
    "在 zh/a（ndcg@10）上，得分不能区分 fair 与 good；选用 fair，理由：在 2 个未被证明不如领先者的模型中，它最便宜。"
)
TWO = (placed("good", 1, "c"), placed("fair", 2, "c"), placed("bad", 3, p=0.001, best=False))


@pytest.mark.parametrize(
    ("told", "english", "chinese"),
    [
        (
            made(placed("x", 1, "bc"), placed("y", 2, p=0.01, best=False), placed("z", 3, p=0.01, best=False)),
            "Take x: it is shown to be better than each of the 2 others on zh/a (ndcg@10).",
            "选用 x：在 zh/a（ndcg@10）上，它已被证明优于其余 2 个模型中的每一个。",
        ),
        (
            made(placed("x", 1, "b"), placed("y", 2, p=0.01, best=False)),
            "Take x: it is shown to be better than the other embedder, y, on zh/a (ndcg@10).",
            "选用 x：在 zh/a（ndcg@10）上，它已被证明优于另一个模型 y。",
        ),
        (
            made(*TWO, facts={"good": Facts(price=0.02), "fair": Facts(price=0.0)}, chosen="fair"),
            CHEAPEST,
            CHEAPEST_ZH,
        ),
        (
            made(placed("x", 1), placed("y", 2)),
            LEVEL,
            LEVEL_ZH,
        ),
        (
            made(placed("x", 1)),
            "x is the only embedder with a score to compare on zh/a (ndcg@10): there is nobody to compare it with.",
            "在 zh/a（ndcg@10）上只有 x 有可比的得分：没有可以与之比较的模型。",
        ),
        (
            made(failed("x"), chosen=None),
            "Nothing can be recommended: no embedder has a score that could be compared.",
            "无法推荐：没有任何模型有可以比较的得分。",
        ),
    ],
    ids=["all beaten", "one beaten", "cheapest", "all tie", "alone", "nothing"],
)
def test_the_sentence_says_what_the_numbers_say(told: Decision, english: str, chinese: str) -> None:
    """In both languages."""
    assert (sentence(told), sentence(told, "zh")) == (english, chinese)


def test_one_who_is_beaten_is_not_called_unbeaten() -> None:
    """The second is shown to be better than the third, the leader is not: the third is chosen with that said."""
    told = made(placed("x", 1), placed("y", 2, "c"), placed("z", 3), chosen="z", admitted=("z", "x", "y"))
    assert sentence(told).startswith(
        "The scores do not tell z from x on zh/a (ndcg@10), though y is shown to be better than z; take z, the first by"
    )
    assert "得分不能区分 z 与 x，但 y 已被证明优于 z；选用 z" in sentence(told, "zh")
    assert "by what is known of their costs" in sentence(told)


def test_what_cannot_be_told_is_said_so() -> None:
    """Four items: no claim about the others."""
    told = made(placed("x", 1), placed("y", 2, p=None), correction="4 independent groups of items")
    assert sentence(told).startswith(
        "Undecided: which of the 2 embedders is better on zh/a (ndcg@10) cannot be told (4 independent groups of "
        "items)."
    )
    assert "ake x" not in sentence(told)
    assert sentence(told, "zh").startswith("尚无定论：在 zh/a（ndcg@10）上，这 2 个模型谁更好无从判断")
    priced = replace(told, facts={"x": Facts(price=0.02), "y": Facts(price=0.0)}, chosen="y", admitted=("y", "x"))
    assert "First comes y, the cheapest of the 2" in sentence(priced)


def test_many_of_the_best_set_are_counted() -> None:
    """Three are named, more are not."""
    three, four = (made(*(placed("vwxyz"[place], place + 1) for place in range(n))) for n in (4, 5))
    assert sentence(three).startswith("The scores do not tell v from w, x and y on")
    assert sentence(four).startswith("The scores do not tell v from the 4 others that are not shown to be worse")


def test_equal_scores_are_not_called_the_highest() -> None:
    """Who comes first by name alone is said to."""
    tied = replace(placed("x", 1), value=0.7), replace(placed("y", 2), value=0.7)
    assert sentence(made(*tied)).startswith(
        "Undecided: the scores do not tell x from y on zh/a (ndcg@10). First comes x, by name"
    )
    assert sentence(made(*tied), "zh").startswith("尚无定论：在 zh/a（ndcg@10）上，得分不能区分 x 与 y。")
    assert "只是按名称排在最前" in sentence(made(*tied), "zh")


def test_a_name_that_ends_with_a_colon_gets_no_second_one() -> None:
    """bm25: is a name."""
    told = made(placed("bm25:", 1, "b"), placed("y", 2, p=0.01, best=False))
    assert sentence(told).startswith("Take bm25: it is shown")
    assert sentence(told, "zh").startswith("选用 bm25: 在")
    told = made(placed("x", 1), replace(failed("bm25:"), reason="no vectors"))
    assert "bm25: is not compared: no vectors" in decision(told, "table")


def test_one_item_is_one() -> None:
    """In the title and in what is open."""
    told = made(placed("x", 1), placed("y", 2))
    told = replace(told, fields=(replace(told.fields[0], items=1),))
    assert "zh/a  ndcg@10  1 item\n" in decision(told, "table")
    assert "with 1 item it is" in open_question(told, Open("x", "y", "zh/a", 1, None))


def test_the_average_of_one_suite_is_that_suite() -> None:
    """Where the other one cannot be averaged."""
    suites = tuple(Field(name, "m", 100, True, 1.0, TWO) for name in ("s1", "s2"))
    told = made(
        *TWO,
        fields=suites,
        overall=Field("", "average", 100, True, 1.0, TWO, of=("s2",)),
        notes=("s1 is not in the average: less is better",),
    )
    assert "good from fair on s2 (m)" in sentence(told)


def test_nobody_meets_the_needs() -> None:
    """Who misses what; and who of those that are worse does."""
    unmet = {
        "good": (Unmet("latency p95 <= 50 ms", "80 ms"),),
        "fair": (Unmet("latency p95 <= 50 ms", "not measured: harness profile -e fair", known=False),),
    }
    told = sentence(made(*TWO, unmet=unmet, needs=("latency p95 <= 50 ms",), admitted=(), chosen=None))
    assert told == (
        "Of the best set on zh/a (ndcg@10) (good, fair), none is known to meet every need: good misses latency p95 <= "
        "50 ms (80 ms); whether fair meets latency p95 <= 50 ms is not known (not measured: harness profile -e fair). "
        "Those that do, bad, are shown to be worse than the leader, good."
    )


def test_the_only_one_that_meets_the_needs() -> None:
    """Of so many of the best set."""
    told = made(
        *TWO, unmet={"good": (Unmet("local only", "texts leave the machine"),)}, admitted=("fair",), chosen="fair"
    )
    assert "the only one of the 2 not shown to be worse than the leader that is known to meet every need" in sentence(
        told
    )


def test_over_suites_the_average_is_named_and_who_is_left_out() -> None:
    """Suites that are not in the average are not counted."""
    suites = tuple(Field(name, "m", 100, True, 1.0, TWO) for name in ("s1", "s2", "s3"))
    overall = Field("", "average", 200, True, 2.0, (*TWO, failed("broken")), of=("s1", "s2"))
    told = made(*TWO, fields=suites, overall=overall, notes=("s3 is not in the average: less is better",))
    assert "on the average of 2 suites" in sentence(told)
    assert sentence(told).endswith("Left out, without a score to compare: broken.")
    assert "在 2 个测试集的平均得分上" in sentence(told, "zh")


@pytest.mark.parametrize(
    ("note", "said"), [("no average: nobody …", "a score on every one"), ("s1 is not in the average: …", "averaged")]
)
def test_without_an_average_nothing_is_recommended(note: str, said: str) -> None:
    """And the sentence says which of the two reasons it is."""
    suites = tuple(Field(name, "m", 100, True, 1.0, TWO) for name in ("s1", "s2"))
    told = made(*TWO, fields=suites, chosen=None, notes=(note,))
    assert said in sentence(told)
    assert "2 个测试集" in sentence(told, "zh")
    assert json.loads(decision(told, "json"))["absent"].keys() == {"overall", "deciding", "chosen"}


def test_without_an_average_the_command_for_some_suites_is_offered() -> None:
    """Those that most have, six of them by name."""
    ours, theirs = TWO, (placed("other", 1),)
    names = ("a b", "c", "d", "e", "f", "g", "h")
    fields = [Field(name, "m", 100, True, 1.0, ours) for name in names]
    told = made(*TWO, fields=(*fields, Field("z", "m", 100, True, 1.0, theirs)), chosen=None, notes=("no average: …",))
    assert sentence(told).endswith("harness best -s 'a b' -s c -s d -s e -s f -s g …")
    assert "harness best -s 'a b' -s c" in sentence(told, "zh")
    apart = replace(told, fields=(replace(fields[0], standings=ours[:1]), told.fields[-1]))
    assert "harness best" not in sentence(apart)


def test_open_questions_in_words() -> None:
    """With the number of items that would settle it, or that nobody can say."""
    told = made(*TWO)
    asked = Open("good", "fair", "zh/a", 200, 12_345)
    assert "with 200 items it is open which is better; about 12,345" in open_question(told, asked)
    assert "约需 12,345 个样本" in open_question(told, asked, "zh")
    alike = made(placed("good", 1), replace(placed("fair", 2), value=0.8))
    assert "they do the same on 200 items; about 12,345" in open_question(alike, asked)
    assert "完全相同" in open_question(alike, asked, "zh")
    assert "nobody can say how many" in open_question(told, replace(asked, needed=None))


FULL = made(
    *(*TWO, failed("坏的|模型")),
    facts={
        "good": Facts(12.5, 0.02, "USD", 512.0, 768, False, 3072),
        "fair": Facts(index=1024, notes={"latency": "not measured: harness profile -e fair"}),
        "bad": Facts(notes={"latency": "not measured: harness profile -e bad", "dimension": "it makes no vectors"}),
    },
    needs=("local only",),
    unmet={"good": (Unmet("local only", "texts leave the machine"),)},
    admitted=("fair",),
    chosen="fair",
    front=FRONT | {"latency": ("good",)},
    open=(Open("good", "fair", "zh/a", 200, 900),),
    notes=("a note",),
)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_layout_holds_all_of_it(layout: str, lang: str) -> None:
    """The reason of who stands outside, costs, what is not known, the front, open questions, notes, the sentence."""
    shown = decision(FULL, layout, lang)  # type: ignore[arg-type]  # the languages by name
    unmeasured = "不产生向量" if lang == "zh" and layout != "json" else "makes no vectors"
    for part in (
        "good",
        "fair",
        "bad",
        "0.02",
        "12.5",
        "768",
        "harness profile",
        "900",
        "a note",
        unmeasured,
    ):
        assert part in shown
    if layout != "json":
        assert sentence(FULL, lang).partition("|")[0].partition("坏")[0] in shown  # type: ignore[arg-type]  # the same
        assert "-e fair -e bad" in shown


def test_the_terminal_shows_letters_and_the_best_set() -> None:
    """A line per embedder."""
    shown = decision(FULL, "table")
    assert "│ good     │ a      │ 0.800 (0.750 to 0.850) │ c     │       │ yes      │" in shown
    assert "│ bad      │ c      │ 0.600 (0.550 to 0.650) │       │ 0.001 │          │" in shown
    assert "坏的|模型 is not compared: out of memory" in shown
    assert "by p95 ms: good (not known of fair, bad)" in shown
    assert shown.endswith("坏的|模型.\n")


def test_the_end_of_an_interval_that_rounds_to_zero_has_no_sign() -> None:
    """0.000, not -0.000."""
    told = made(replace(placed("x", 1), interval=Interval(-0.0001, 0.9)), placed("y", 2))
    assert "0.800 (0.000 to 0.900)" in decision(told, "table")
    assert "-0.000" not in decision(told, "table")


def test_markdown_cannot_be_broken_by_a_name() -> None:
    """A bar in a name ends no cell."""
    assert "坏的\\|模型" in decision(FULL, "markdown")


def test_weights_that_differ_stand_over_the_average() -> None:
    """Equal ones are not worth a word."""
    suites = (Field("s1", "m", 100, True, 2.0, TWO), Field("s2", "m", 100, True, 1.0, TWO))
    told = made(*TWO, fields=suites, overall=Field("", "average", 200, True, 3.0, TWO, of=("s1", "s2")))
    assert "average (weights: s1 2, s2 1)" in decision(told, "table")


def test_json_is_the_whole_decision() -> None:
    """Every field of it, the sentence in both languages, and why something is null."""
    content = json.loads(decision(FULL, "json"))
    assert set(content) == {
        *("fields", "overall", "facts", "needs", "unmet", "admitted", "order", "front", "chosen", "open", "notes"),
        *("sentence", "deciding", "absent"),
    }
    assert content["sentence"] == {"en": sentence(FULL), "zh": sentence(FULL, "zh")}
    assert (content["deciding"], content["absent"]) == ("zh/a", {"overall": "there is one suite"})
    first = content["fields"][0]["standings"][0]
    assert (first["letter"], first["beats"], first["p_adjusted"], first["in_best"]) == ("a", ["c"], None, True)
    assert content["unmet"]["good"] == [{"need": "local only", "found": "texts leave the machine", "known": True}]
    assert content["open"][0]["items_needed"] == 900
