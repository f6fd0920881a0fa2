"""Codes of labels, and seeds made of data."""

from __future__ import annotations

import pytest

from harness.errors import Faults
from harness.tasks.labels import check_at_least, coded, data_seeds


def test_codes_follow_the_order_of_the_labels() -> None:
    """Not the order of the rows."""
    distinct, codes = coded(["水果", "动物", "水果"])
    assert (list(distinct), codes.tolist()) == (["动物", "水果"], [1, 0, 1])


def test_seeds_depend_on_data_and_purpose_alone() -> None:
    """The same again and again, another one for one other letter, and more of them begin with the same."""
    seeds = data_seeds("starts", 3, ["1", "2"], ["a", "b"])
    assert seeds == data_seeds("starts", 3, ["1", "2"], ["a", "b"])
    assert seeds == data_seeds("starts", 5, ["1", "2"], ["a", "b"])[:3]
    assert seeds != data_seeds("starts", 3, ["1", "2"], ["a", "c"])
    assert seeds != data_seeds("folds", 3, ["1", "2"], ["a", "b"])
    assert all(0 <= seed < 2**32 for seed in seeds)


@pytest.mark.parametrize(("value", "faults"), [(1, ["parameters.folds"]), (2, [])])
def test_parameters_have_a_least_value(value: int, faults: list[str]) -> None:
    """Below it is a fault of suite.yaml, at it is none."""
    found = Faults()
    check_at_least({"folds": value, "seeds": 0}, {"folds": 2}, found)
    assert [fault.key for fault in found.found] == faults
