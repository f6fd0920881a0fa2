"""Numbers of documents as people write them, and what they come to."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from harness.diagnostics.cost import Rate, TokenCount, compact, document_count, effort, index_sizes, money
from harness.errors import UsageError

TOKENS = TokenCount(200.0, own=True)


class Price(NamedTuple):
    """A price as a table has it."""

    per_million: float
    currency: str
    as_of: str
    source: str = "harness.toml"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("300000", 300_000),
        ("300,000", 300_000),
        ("1_000", 1_000),
        (" 10M ", 10_000_000),
        ("2.5k", 2_500),
        ("1B", 1_000_000_000),
        ("10万", 100_000),
        ("1千万", 10_000_000),
        ("1.5亿", 150_000_000),
        ("3百万", 3_000_000),
        ("1", 1),
    ],
)
def test_counts_are_read(text: str, count: int) -> None:
    """Plain, with signs between the digits, with English and with Chinese units."""
    assert document_count(text) == count


@pytest.mark.parametrize(
    "text", ["", "many", "-5", "0", "1.5", "10MM", "1.2.3", "10万M", "M", "1e6", "9999999B", "nan"]
)
def test_other_words_are_refused(text: str) -> None:
    """What is no whole number above 0, with the forms that are."""
    with pytest.raises(UsageError, match=r"is no number of documents: write 300000, 2\.5k, 10M"):
        document_count(text)


@pytest.mark.parametrize(
    ("count", "text"),
    [(10_000_000, "10M"), (2_500, "2.5k"), (1_250_000_000, "1.25B"), (999, "999"), (1_234_567, "1234567")],
)
def test_counts_are_written_exactly(count: int, text: str) -> None:
    """As short as they can be said, and read back they are the same."""
    assert compact(count) == text
    assert document_count(compact(count)) == count


def test_an_index_weighs_what_its_format_takes() -> None:
    """1M vectors of 12 dimensions: 48, 24, 12 bytes each, and 12 bits, which take 2 bytes; a byte each is a MB."""
    sizes = {measure.subject: (measure.value, measure.unit) for measure in index_sizes(12)}
    assert sizes == {"float32": (48, "MB"), "float16": (24, "MB"), "int8": (12, "MB"), "binary": (2, "MB")}


def test_hours_come_from_the_measured_rate() -> None:
    """100 texts in 1, 2 and 4 s: 50 a second, so that 180,000 take an hour; between half of it and twice as long."""
    measure = effort(180_000, Rate(10, 100, (2.0, 1.0, 4.0)), TOKENS)
    assert (measure.value, measure.low, measure.high, measure.unit) == (1.0, 0.5, 2.0, "h")
    assert measure.subject == "180k"
    assert "50 texts/s, 200 tokens each" in measure.note


def test_without_a_rate_there_are_no_hours() -> None:
    """A reason stands in their place, no zero."""
    assert (effort(10, None, TOKENS).value, effort(10, None, TOKENS).note[:13]) == (None, "not measured:")


def test_money_is_tokens_times_price() -> None:
    """10M documents of 200 tokens are 2,000M tokens; at 0.02 USD a million, 40 USD."""
    price, cost = money(10_000_000, TOKENS, Price(0.02, "USD", "2026-01-01"), "")
    assert (price.value, price.unit, price.note) == (0.02, "USD", "for 1M tokens, as of 2026-01-01")
    assert (cost.value, cost.unit, cost.subject) == (40.0, "USD", "10M")


def test_a_price_without_a_day_says_where_it_is_from() -> None:
    """The user's own has none."""
    price, _ = money(10, TOKENS, Price(0.02, "USD", "", "harness.toml"), "")
    assert price.note == "for 1M tokens, harness.toml"


def test_hours_of_a_part_of_the_batches_say_so() -> None:
    """Where calls with more texts were left out, as they may be faster."""
    measure = effort(10, Rate(16, 16, (1.0,)), TOKENS, [64, 256])
    assert measure.caution
    assert measure.note.endswith("; 64 or 256 texts per call were not measured, and may be faster")
    assert not effort(10, Rate(16, 16, (1.0,)), TOKENS).caution


def test_what_costs_nothing_says_why() -> None:
    """In words, for the price and for the documents."""
    assert [measure.note for measure in money(10, TOKENS, None, "it runs here")] == ["it runs here"] * 2
