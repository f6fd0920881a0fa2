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
    "Undecided: the scores do not tell x from y on zh/a (ndcg@10). The choice is open between x and y, whose costs are "
    "level as far as they are known. First comes x, with the highest score."
)
LEVEL_ZH = (
    "尚无定论：在 zh/a（ndcg@10）上，得分不能区分 x 与 y。在 x、y 之间如何选择未定：就已知情况看，它们的成本相当。"
    "排在最前的是 x，它得分最高。"
)
CHEAPEST = (
    "The scores do not tell fair from good on zh/a (ndcg@10); take fair, the cheapest of the 2 that are not shown to "
    "be worse than the leader: price of 1M tokens 0 against 0.02 USD (good)."
)
CHEAPEST_ZH = (
    "在 zh/a（ndcg@10）上，得分不能区分 fair 与 good；选用 fair，理由：在 2 个未被证明不如领先者的模型中，它最便宜："
    "每百万 token 价格 0，而 good 为 0.02 USD。"
)
PRICED = {"good": Facts(price=0.02, currency="USD"), "fair": Facts(price=0.0)}
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
            made(*TWO, facts=PRICED, admitted=("fair", "good"), chosen="fair"),
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
    facts = {"z": Facts(index=1), "x": Facts(index=2)}
    told = made(placed("x", 1), placed("y", 2, "c"), placed("z", 3), chosen="z", admitted=("z", "x", "y"), facts=facts)
    assert sentence(told).startswith(
        "The scores do not tell z from x on zh/a (ndcg@10), though y is shown to be better than z; take z, the first by"
    )
    assert "得分不能区分 z 与 x，但 y 已被证明优于 z；选用 z" in sentence(told, "zh")
    assert sentence(told).endswith(
        "the first by what is known of their costs (index not known of 1) of the 3 that are not shown to be worse than "
        "the leader: index 1 bytes/doc against 2 bytes/doc (x)."
    )


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
    assert sentence(three).startswith("Undecided: the scores do not tell v from w, x and y on")
    assert sentence(four).startswith("Undecided: the scores do not tell v from the 4 others that are not shown to be")
    assert "The choice is open between 5 of them, whose" in sentence(four)


def test_equal_scores_are_not_called_the_highest() -> None:
    """Who comes first by name alone is said to."""
    tied = replace(placed("x", 1), value=0.7), replace(placed("y", 2), value=0.7)
    assert sentence(made(*tied)).startswith(
        "Undecided: the scores do not tell x from y on zh/a (ndcg@10). The choice is open between x and y, whose costs"
    )
    assert sentence(made(*tied)).endswith("First comes x, by name alone: the best of them have the same score.")
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


def test_what_is_not_known_of_several_is_said_once() -> None:
    """Of one need, with one command for all; other reasons apart."""
    need = "latency p95 <= 50 ms"
    unmet = {
        name: (Unmet(need, f"not measured: harness profile -e {name}", known=False),)
        for name in ("good", "fair", "bad")
    }
    unmet["bad"] = (Unmet(need, "profile failed: crashed", known=False),)
    facts = {name: Facts(profile=f"-e {name}") for name in ("good", "fair")}
    three = (*TWO[:2], placed("bad", 3))
    told = made(*three, unmet=unmet, facts=facts, needs=(need,), admitted=(), chosen=None)
    assert (
        "every need: whether good, fair meet latency p95 <= 50 ms is not known (not measured: harness profile -e good "
        "-e fair); whether bad meets latency p95 <= 50 ms is not known (profile failed: crashed)."
    ) in sentence(told)
    assert "good、fair 是否满足 查询延迟 p95 ≤ 50 毫秒 未知（未测量：harness profile -e good -e fair）" in sentence(
        told, "zh"
    )
    assert "Needs: latency p95 <= 50 ms.\nwhether good, fair meet" in decision(told, "table")


def test_the_choice_names_the_numbers_that_made_it() -> None:
    """The axis that decides, those before it on which somebody fell behind, and what the next one costs."""
    facts = {"good": Facts(latency=20.0, index=4), "fair": Facts(latency=22.0, index=2), "bad": Facts(latency=90.0)}
    three = (*TWO[:2], placed("bad", 3))
    told = sentence(made(*three, facts=facts, admitted=("fair", "good", "bad"), chosen="fair"))
    assert told.endswith(
        "take fair, with the smallest index of the 2 that are not shown to be worse than the leader and behind nobody "
        "in latency p95: index 2 bytes/doc against 4 bytes/doc (good)."
    )
    fast = facts | {"fair": Facts(latency=10.8)}
    told = sentence(made(*three, facts=fast, admitted=("fair", "good", "bad"), chosen="fair"))
    assert told.endswith(
        "the fastest to answer a query of the 3 that are not shown to be worse than the leader: "
        "latency p95 10.8 ms against 20 ms (good)."
    )
    only = {"fair": Facts(memory=5.0)}
    told = sentence(made(*TWO, facts=only, admitted=("fair", "good"), chosen="fair"))
    assert told.endswith("than the leader: memory 5 MB, not known of the others.")


def test_equal_embedders_are_called_equal() -> None:
    """Within the margin; of some of the best set where not all are."""
    asked = Open("good", "fair", "zh/a", 200, None, verdict="equal")
    equal = made(*TWO, open=(asked,))
    assert "the scores show good and fair to be equal within 0.02 on zh/a (ndcg@10)" in sentence(equal)
    assert "good 与 fair 在 0.02 以内相等" in sentence(equal, "zh")
    assert (
        open_question(equal, asked)
        == "good and fair on zh/a (ndcg@10): equal within 0.02 on 200 items: nothing to settle."
    )
    assert "无须再判定" in open_question(equal, asked, "zh")
    some = made(*(placed(name, place) for place, name in enumerate(("good", "fair", "bad"), 1)), open=(asked,))
    assert "do not tell good from fair and bad on zh/a (ndcg@10), and show fair to be equal to it within" in sentence(
        some
    )
    assert "其中 fair 与 good 在 0.02 以内相等" in sentence(some, "zh")
    (told,) = json.loads(decision(equal, "json"))["open"]
    assert (told["verdict"], told["items_needed"]) == ("equal", None)


def test_no_number_is_named_that_nobody_could_collect() -> None:
    """Nor does anybody say that nobody can say."""
    asked = Open("good", "fair", "zh/a", 200, None, verdict="beyond")
    assert open_question(made(*TWO), asked).endswith(
        "no realistic number would show a difference as small as the observed one."
    )
    assert "现实中没有足够多的样本" in open_question(made(*TWO), asked, "zh")


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
    suites = (*suites[:1], replace(suites[1], standings=(*TWO, failed("broken"))), *suites[2:])
    aside = (replace(failed("broken"), missing=("s1", "s2")), replace(failed("ranks"), missing=("s2",)))
    overall = Field("", "average", 200, True, 2.0, (*TWO, *aside), of=("s1", "s2"), left_out={"s3": "less is better"})
    told = made(*TWO, fields=suites, overall=overall)
    assert "on the average of 2 of 3 suites" in sentence(told)
    assert sentence(told).endswith(
        "Set aside: broken (no score on 2 of them, failed on 1), ranks (no score on 1 of them)."
    )
    assert "在 3 个测试集中 2 个的平均得分上" in sentence(told, "zh")
    assert sentence(told, "zh").endswith(
        "未列入平均：broken（其中 2 个没有得分，1 个运行失败）、ranks（其中 1 个没有得分）。"
    )
    assert "on the average of 2 suites" in sentence(replace(told, overall=replace(overall, left_out={})))


def test_who_is_set_aside_stands_below_the_average_with_the_reasons() -> None:
    """Of one reason together, the first three of many; whoever has a score somewhere is in a table."""
    lacking = replace(failed("ranks"), status="not_applicable", reason="no vectors")
    suites = [Field(f"s{n}", "m", 9, True, 1.0, (*TWO, lacking) if n else TWO) for n in range(6)]
    suites.append(Field("t", "m", 9, True, 1.0, (*TWO, placed("ranks", 4))))
    of = tuple(one.suite for one in suites)
    aside = replace(lacking, missing=of[:6])
    overall = Field("", "average", 63, True, 7.0, (*TWO, aside), of=of)
    told = decision(made(*TWO, fields=tuple(suites), overall=overall), "table")
    assert (
        "ranks is not in the average: no score on 6 of its 7 suites (s0: not run; s1, s2, s3 and 2 more: no vectors); "
        "it is in the tables of its suites\n"
    ) in told


@pytest.mark.parametrize(("items", "said"), [(100, "do two embedders have a score"), (0, "averaged")])
def test_without_an_average_nothing_is_recommended(items: int, said: str) -> None:
    """And the sentence says which of the two reasons it is."""
    suites = tuple(Field(name, "m", items, True, 1.0, TWO) for name in ("s1", "s2"))
    told = made(*TWO, fields=suites, chosen=None)
    assert said in sentence(told)
    assert "2 个测试集" in sentence(told, "zh")
    absent = json.loads(decision(told, "json"))["absent"]
    assert absent == dict.fromkeys(("overall", "deciding", "chosen"), sentence(told))


def test_open_questions_in_words() -> None:
    """With the number of items that would settle it, or that nobody can say."""
    told = made(*TWO)
    asked = Open("good", "fair", "zh/a", 200, 12_345)
    assert "with 200 items it is open which is better; about 12,345" in open_question(told, asked)
    assert "约需 12,345 个样本" in open_question(told, asked, "zh")
    alike = replace(asked, missed=0.017)
    assert "they do the same on 200 items; about 12,345" in open_question(told, alike)
    assert "完全相同" in open_question(told, alike, "zh")
    level = replace(alike, needed=None)
    assert open_question(told, level).endswith(
        "all differences are zero on 200 items, which may have missed one of up to 0.017 either way."
    )
    assert "200 个样本上的差异全为零；这么多样本仍可能漏掉不超过 0.017 的差异" in open_question(told, level, "zh")
    assert "nobody can say how many" in open_question(told, replace(asked, needed=None))


FULL = made(
    *(*TWO, failed("坏的|模型")),
    facts={
        "good": Facts(12.5, 0.02, "USD", 512.0, 768, False, 3072),
        "fair": Facts(index=1024, notes={"latency": "not measured: harness profile -e fair"}, profile="-e fair"),
        "bad": Facts(
            notes={"latency": "not measured: harness profile -e bad", "dimension": "it makes no vectors"},
            profile="-e bad",
        ),
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
