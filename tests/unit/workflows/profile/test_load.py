"""How many texts keep all of an embedder busy."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from harness.embedders.contract import Checked
from harness.embedders.resolve import open_embedder, parse_spec
from harness.testing import FakeEmbedder
from harness.workflows.profile.load import Load, load_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model import Embedder


def short() -> Iterator[str]:
    """One token each."""
    return ("word" for _ in count())


def long() -> Iterator[str]:
    """A hundred tokens each."""
    return ("是" * 100 for _ in count())


def served(options: str) -> Embedder:
    """A service that nobody asks anything."""
    opened = open_embedder(parse_spec(f"openai:m?base_url=http://127.0.0.1:9/v1&{options}"))
    assert hasattr(opened, "embed")
    return opened  # type: ignore[return-value]  # it embeds


def test_requests_under_way_are_filled() -> None:
    """8 of 128 texts; of 100 tokens each, 163 fit into 16,384 tokens, so that 128 do; 20 into 2,000."""
    assert load_of([served("batch_size=128")], short).largest == 1024
    assert load_of([served("batch_size=128")], long).largest == 1024
    assert load_of([served("concurrency=16&batch_tokens=2000")], long).largest == 320
    assert load_of([served("concurrency=1")], short).largest is None
    assert load_of([served("concurrency=100")], short).largest == 2048


def test_calls_weigh_what_they_wait_for() -> None:
    """As many answers, one after the other, as it takes to ask for all texts two at a time."""
    load = load_of([served("batch_size=10&concurrency=2")], short)
    assert [load.weight(texts) for texts in (1, 10, 20, 21, 100)] == [1, 1, 1, 2, 5]


@pytest.mark.parametrize(("together", "largest"), [(2048, 2048), (256, None), (64, None)])
def test_several_processes_say_what_they_take(together: int, largest: int | None) -> None:
    """Where that is more than every embedder is measured with."""

    class Several(FakeEmbedder):
        """Says so."""

    several = Several()
    several.together = together  # type: ignore[attr-defined]  # as an embedder of several processes has it
    load = load_of([Checked(several)], short)
    assert (load.largest, load.weight(7)) == (largest, 7)


def test_nothing_is_known_of_combinations() -> None:
    """Nor of who says nothing: texts one after the other."""
    for models in ([], [FakeEmbedder()], [FakeEmbedder(), served("batch_size=128")]):
        assert load_of(models, short) == Load()
