"""The options of a spec."""

from __future__ import annotations

import pytest

from harness.embedders.options import deciding, options
from harness.errors import UsageError
from harness.model import Spec


def spec(**given: str) -> Spec:
    """A spec with these options."""
    return Spec("fake:model?…", "fake", "model", given)


def test_an_unknown_option_is_named_with_the_known_ones() -> None:
    """The message for `dimension` names it, proposes `dimensions`, and lists what there is."""
    with pytest.raises(UsageError, match=r"'dimension'\. Did you mean 'dimensions'\? Known: dimensions, pool"):
        options(spec(dimension="5"), ("pool", "dimensions"))


def test_where_there_are_no_options_the_message_says_so() -> None:
    """An embedder without options refuses every option."""
    with pytest.raises(UsageError, match="no option 'x'\\. It has none"):
        options(spec(x="5"), ())


def test_values_are_read_as_their_type() -> None:
    """Each getter turns the written value into a value of its type."""
    given = options(spec(a="x", b="7", c="0.5", d="yes"), "abcd")
    assert (given.text("a", ""), given.integer("b", 1), given.number("c", 1, 0, 1)) == ("x", 7, 0.5)
    assert given.flag("d", default=False)


def test_an_option_that_was_not_given_has_its_default() -> None:
    """Every getter returns the default, None included."""
    given = options(spec(), "abcd")
    assert (given.text("a", None), given.integer("b", None), given.number("c", 1, 0, 1)) == (None, None, 1)
    assert given.choice("a", "mean", ("mean", "cls")) == "mean"
    assert not given.flag("d", default=False)


@pytest.mark.parametrize("written", ["0", "-1", "1.5", "many", ""])
def test_an_integer_below_its_minimum_or_unreadable_is_refused(written: str) -> None:
    """The message says what was expected and what was written."""
    with pytest.raises(UsageError, match=f"option n must be a whole number, at least 1; it is '{written}'"):
        options(spec(n=written), "n").integer("n", 3)


@pytest.mark.parametrize("written", ["-0.1", "1.1", "nan", "inf", "half"])
def test_a_number_out_of_its_range_is_refused(written: str) -> None:
    """Neither NaN nor infinity slips through."""
    with pytest.raises(UsageError, match="option b must be a number from 0 to 1"):
        options(spec(b=written), "b").number("b", 0.5, 0, 1)


def test_a_word_that_is_no_choice_is_refused() -> None:
    """The choices are listed; a flag is a choice too."""
    with pytest.raises(UsageError, match="option pool must be one of cls, mean"):
        options(spec(pool="max"), ("pool",)).choice("pool", "mean", ("mean", "cls"))
    with pytest.raises(UsageError, match="option on must be one of 0, 1, false, no, true, yes"):
        options(spec(on="maybe"), ("on",)).flag("on", default=True)


def test_defaults_are_no_part_of_an_identity() -> None:
    """Only what differs from its default decides the vectors."""
    assert deciding({"k1": 1.5, "b": 0.5}, {"k1": 1.5, "b": 0.75}) == (("b", "0.5"),)
