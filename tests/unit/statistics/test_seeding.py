"""Random numbers depend on what is computed, and on nothing else."""

from __future__ import annotations

import numpy as np

from harness.statistics.seeding import generator


def test_the_same_parts_give_the_same_numbers() -> None:
    """Two generators of the same parts agree, whatever was drawn elsewhere before."""
    first = generator("fingerprint", "ndcg@10", "interval").random(5)
    np.random.default_rng(0).random(1000)
    assert (generator("fingerprint", "ndcg@10", "interval").random(5) == first).all()


def test_the_stream_is_pinned() -> None:
    """The numbers are the same on every platform and in every release, or stored intervals could not be redone."""
    assert generator("a", "b").integers(0, 1000, 5).tolist() == [586, 229, 986, 851, 108]


def test_every_part_matters() -> None:
    """Another part, another order or another split gives other numbers."""
    parts = [("a", "b"), ("b", "a"), ("a", "c"), ("ab",), ("a", "", "b"), ("a", "b", ""), ("图", "b")]
    assert len({generator(*some).random() for some in parts}) == len(parts)


def test_generators_do_not_share_their_state() -> None:
    """Drawing from one generator does not move another."""
    one, other = generator("a"), generator("a")
    one.random(100)
    assert other.random() == generator("a").random()
