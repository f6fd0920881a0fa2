"""Which suites an average is over."""

from __future__ import annotations

import pytest

from harness.compare.common import Scored

NOBODY: frozenset[tuple[str, str]] = frozenset()


def scores(**having: str) -> dict[str, dict[str, float]]:
    """Embedder → its suites, a letter each; who is named first does better on all of them."""
    return {name: dict.fromkeys(suites, 1.0 - place / 10) for place, (name, suites) in enumerate(having.items())}


def counted(having: dict[str, str], failed: frozenset[tuple[str, str]] = NOBODY) -> tuple[str, str]:
    """The suites that count, and who decided, in letters; every suite has weight 1."""
    weights = dict.fromkeys("rstuvw", 1.0)
    suites, voices = Scored(scores(**having), weights, failed).in_common()
    return "".join(sorted(suites)), "".join(voices)


@pytest.mark.parametrize(
    ("having", "expected"),
    [
        ({"a": "rst", "b": "rst", "c": "rst"}, ("rst", "abc")),
        ({"a": "rst"}, ("rst", "a")),
        ({"a": "r", "b": "s"}, ("", "")),
        ({}, ("", "")),
        ({"a": "rst", "b": "rsu"}, ("rs", "ab")),
        ({"a": "rstu", "b": "r"}, ("r", "ab")),
        ({"a": "rstuv", "b": "rst", "c": "rst"}, ("rst", "abc")),
        ({"a": "rs", "b": "rst", "c": "rst"}, ("rst", "abc")),
        ({"a": "rstuv", "x": "rstuvw", "y": "rstuvw"}, ("rstuv", "axy")),
        ({"a": "rstuvw", "b": "rstuv", "x": "rstuvw"}, ("rstuvw", "abx")),
        ({"a": "rstu", "b": "rstv", "c": "rsuv"}, ("rst", "ab")),
        ({"a": "r", "b": "rst", "c": "rst", "d": "rst"}, ("rst", "bcd")),
        ({"a": "rs", "b": "rs", "x": "rstuvw", "y": "rstuvw"}, ("rs", "abx")),
        ({"a": "rst", "b": "u", "c": "rst", "d": "r"}, ("rst", "ac")),
    ],
    ids=[
        "all have all",
        "alone",
        "nothing shared",
        "nobody",
        "two: what both have",
        "two that share little",
        "the best has suites of his own",
        "the best lacks one of few",
        "the best lacks one of many",
        "the second lacks one of many",
        "each lacks another one",
        "a specialist has no say",
        "bad ones have more",
        "who shares nothing, or little, with the best has no say",
    ],
)
def test_two_of_the_three_best_decide(having: dict[str, str], expected: tuple[str, str]) -> None:
    """Whoever comes behind them, and whatever these have."""
    assert counted(having) == expected


def test_who_failed_has_no_say() -> None:
    """A suite counts though the best failed on it, and one or two others have a score; not if all three failed."""
    having = {"a": "rstu", "b": "rstuv", "c": "rstuv", "x": "rstuvw"}
    assert counted(having)[0] == "rstu"
    assert counted(having, frozenset({("a", "v")}))[0] == "rstuv"
    assert counted(having, frozenset((name, "w") for name in "abc"))[0] == "rstu"
    alone = {"a": "rstu", "b": "rstu", "c": "rstuv", "d": "rstuv"}
    assert counted(alone)[0] == "rstu"
    assert counted(alone | {"b": "rstuv"}, frozenset({("a", "v")}))[0] == "rstuv"


def test_the_better_is_found_on_what_both_have_by_weight() -> None:
    """b does better on r, a on s, which counts five times."""
    found = {"a": {"r": 0.0, "s": 0.5, "t": 0.0}, "b": {"r": 1.0, "s": 0.4, "u": 9.0}}
    weights = {"r": 1.0, "s": 15.0, "t": 1.0, "u": 1.0}
    assert Scored(found, weights).in_common()[1] == ("a", "b")
    assert Scored(found, weights | {"s": 1.0}).in_common()[1] == ("b", "a")
