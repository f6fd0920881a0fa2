"""JUnit XML: what services of continuous integration read from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from defusedxml import ElementTree

from harness.model import Gate, Limit
from harness.report.verdicts import junit

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Answer, Policy, Ruling, Verdict

ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"classname", "name", "time"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
    "system-out": set(),
}
"""Of junit-10.xsd, which knows no `skipped` of the whole."""


def suite(text: str) -> Any:
    """The only test suite of a file that is well formed and keeps to the usual form."""
    root = ElementTree.fromstring(text.encode())
    (found,) = root
    assert (root.tag, found.tag) == ("testsuites", "testsuite")
    assert all(set(element.attrib) == ATTRIBUTES[element.tag] for element in root.iter())
    for case in found.iter("testcase"):
        assert {child.tag for child in case} <= {"failure", "error", "skipped", "system-out"}
        assert len([child for child in case if child.tag != "system-out"]) <= 1
    counts = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for element in (root, found):
        counted = {name: int(element.get(name)) for name in counts if name in element.attrib}
        assert counted == {name: len(list(found.iter(counts[name]))) for name in counted}
    return found


@pytest.mark.parametrize(
    ("answer", "policy", "tag"),
    [
        ("pass", "fail", None),
        ("regression", "warn", "failure"),
        ("probable loss", "warn", "skipped"),
        ("inconclusive", "warn", "skipped"),
        ("inconclusive", "fail", "failure"),
        ("failed", "warn", "error"),
        ("incomparable", "warn", "error"),
    ],
)
def test_an_answer_is_an_outcome(
    ruling: Callable[..., Ruling],
    verdict: Callable[..., Verdict],
    answer: Answer,
    policy: Policy,
    tag: str | None,
) -> None:
    """A regression fails, what nobody can tell is an error, what too few items leave open is what the policy says."""
    (case,) = suite(junit(verdict(ruling(answer=answer), policy=policy))).iter("testcase")
    outcomes = {child.tag: child.get("message") for child in case if child.tag != "system-out"}
    assert outcomes == ({} if tag is None else {tag: f"{answer}: lost 0.09, more than 0.02"})
    assert case.findtext("system-out") == (
        "minilm: 0.700 → 0.610, difference -0.090 (-0.140 to -0.040), margin 0.02\nlost 0.09, more than 0.02"
    )


def test_what_is_advisory_never_fails(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """It is skipped, and says so."""
    one = ruling(asked=Gate("zh/process", "mrr@10", 0.02, primary=False))
    (case,) = suite(junit(verdict(one))).iter("testcase")
    skipped = case.find("skipped")
    assert skipped.get("message") == "regression, advisory: lost 0.09, more than 0.02"


def test_names(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """The class is the suite, the name the metric and what it was held against; with the candidate if several."""
    budget = ruling(asked=Limit("", "latency p95", "<=", 80, "ms"), reference="", difference=None, value=61.2)
    floor = ruling(asked=Limit("en/process", "mrr@10", ">=", 0.6), reference="", difference=None)
    one = [(case.get("classname"), case.get("name")) for case in suite(junit(verdict(ruling(), budget, floor)))[:3]]
    assert one == [
        ("zh/lexical-gap", "ndcg@10 vs baseline main"),
        ("budget", "latency p95 <= 80 ms"),
        ("en/process", "mrr@10 >= 0.6"),
    ]
    two = suite(junit(verdict(ruling(), ruling(embedder="采购:模型"))))
    assert [case.get("name") for case in two.iter("testcase")] == [
        "minilm: ndcg@10 vs baseline main",
        "采购:模型: ndcg@10 vs baseline main",
    ]


def test_a_failure_tells_its_items(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """With their texts, so that nobody has to run anything again to see them."""
    (case,) = suite(junit(verdict(ruling()))).iter("testcase")
    assert case.findtext("failure").splitlines()[2:] == [
        "1.000 → 0.000 item q7 · 红烧肉怎么做 · first before: 五花肉切块 · first now: 今天天气很好"
    ]


def test_the_suite_tells_the_rest(verdict: Callable[..., Verdict]) -> None:
    """The sentence, the notes, the baseline's age."""
    assert suite(junit(verdict(notes=("no noise was measured",)))).findtext("system-out").splitlines() == [
        "Regression. Gates: 1 regression.",
        "note: no noise was measured",
        "baseline main is 12 days old",
    ]


def test_any_text_is_well_formed(hostile: Verdict) -> None:
    """Markup and characters that XML forbids are harmless; emoji and Chinese arrive."""
    (case,) = suite(junit(hostile)).iter("testcase")
    text = case.findtext("failure")
    assert "<script>alert(1)</script> ]]> |" in text
    assert "🎉 采购" in text
    assert "�[31mred�" in text


@pytest.mark.parametrize("code", [*range(32), 0x7F, 0x85, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF, 0x1F389])
def test_every_character_is_allowed(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict], code: int) -> None:
    """Also where it stands in an attribute."""
    assert suite(junit(verdict(ruling(words=f"a{chr(code)}b")))).tag == "testsuite"


def test_a_verdict_on_nothing(verdict: Callable[..., Verdict]) -> None:
    """No case, and still a file that can be read."""
    assert suite(junit(verdict(rulings=()))).get("tests") == "0"
