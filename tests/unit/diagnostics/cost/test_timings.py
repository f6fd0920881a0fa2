"""From seconds to percentiles and rates, by hand."""

from __future__ import annotations

import pytest

from harness.diagnostics.cost import Rate, TokenCount, absent, best_of, latency, said, spread, throughput, yes_or_no

OWN = TokenCount(50.0, own=True)
GUESSED = TokenCount(50.0, own=False)


def test_percentiles_are_times_that_were_measured() -> None:
    """Of 1 to 200 ms, in any order: 100 ms is the time that half of the calls do not exceed, 190 and 198 the others."""
    seconds = [number / 1000 for number in (*range(2, 201, 2), *range(1, 200, 2))]
    p50, p95, p99 = latency(seconds, "query_latency", "queries")
    assert [measure.value for measure in (p50, p95, p99)] == pytest.approx([100, 190, 198])
    assert [measure.subject for measure in (p50, p95, p99)] == ["p50", "p95", "p99"]
    assert not p99.caution
    assert p95.note == "95 % of 200 queries took no longer"


def test_the_spread_of_the_median_is_over_time() -> None:
    """Ten calls in five stretches of two; a pause in the last ones shows, and no call is left out."""
    seconds = [0.010] * 8 + [0.030] * 2
    p50, p95, _ = latency(seconds, "query_latency", "queries")
    assert (p50.value, p50.low, p50.high) == pytest.approx((10, 10, 30))
    assert p95.value == pytest.approx(30)


def test_a_percentile_of_few_calls_says_what_it_is() -> None:
    """The 99th percentile of 50 calls is the longest of them, the 95th is not: 48 of 50."""
    _, p95, p99 = latency([number / 1000 for number in range(1, 51)], "query_latency", "queries")
    assert (p95.value, p95.caution) == (48, False)
    assert (p99.value, p99.note, p99.caution) == (50, "the longest of only 50 queries", True)


def test_a_single_call_has_no_spread() -> None:
    """All three are that call."""
    found = latency([0.5], "query_latency", "queries")
    assert [(measure.value, measure.low) for measure in found] == [(500, None)] * 3


def test_no_calls_are_no_zeros() -> None:
    """A reason stands in the place of each."""
    assert [(measure.value, measure.note) for measure in latency([], "query_latency", "queries")] == [
        (None, "not measured: no queries in the time")
    ] * 3


def test_rates_are_medians_with_their_range() -> None:
    """100 texts in 1, 2 and 5 s: 100, 50 and 20 a second; 50 tokens each make 2,500 tokens a second."""
    rate = Rate(10, 100, (1.0, 2.0, 5.0))
    one, best, tokens = throughput([rate], {}, OWN)
    assert (one.name, one.subject, one.value, one.low, one.high) == ("throughput", "10", 50, 20, 100)
    assert (best.value, best.caution) == (10, False)
    assert (tokens.value, tokens.low, tokens.high) == (2500, 1000, 5000)
    assert "by its own tokenizer" in tokens.note
    assert "estimated" in throughput([rate], {}, GUESSED)[-1].note


def test_the_smallest_good_batch_is_best() -> None:
    """98 texts a second with 4 is as good as 100 with 64, and 90 with 1 is not."""
    rates = [Rate(64, 100, (1.0,)), Rate(4, 98, (1.0,)), Rate(1, 90, (1.0,))]
    assert best_of(rates).batch == 4


def test_batches_stand_in_order_and_say_what_was_left_out() -> None:
    """One that there was no time for keeps its place, with the reason; the best says among which it is."""
    found = throughput([Rate(16, 16, (1.0, 1.0)), Rate(1, 1, (1.0, 1.0))], {4: "no time"}, OWN)
    assert [measure.subject for measure in found[:3]] == ["1", "4", "16"]
    assert (found[1].value, found[1].note) == (None, "not measured: no time")
    assert (found[3].value, found[3].caution) == (16, True)
    assert "of those measured (1, 16)" in found[3].note


def test_no_rates_are_no_zeros() -> None:
    """Nothing measured, nothing best, no tokens a second."""
    assert {measure.value for measure in throughput([], {1: "no time"}, OWN)} == {None}


def test_a_value_measured_once_has_no_range() -> None:
    """It says so; of two, the median lies between them."""
    assert (spread("x", [2.0], "s", "a").low, spread("x", [2.0], "s", "a").note) == (None, "a, measured once")
    assert spread("x", [2.0, 4.0], "s", "a").value == 3


def test_measures_are_findings_with_their_unit() -> None:
    """The unit before the note; words alone; the reason of what is absent; yes is 1, and not known is neither."""
    found = [
        spread("cold_start", [1.0, 2.0], "s", "whole").finding(),
        said("licence", "MIT").finding(),
        absent("gpu_memory", "no GPU").finding(),
        yes_or_no("needs_key", True, "a secret").finding(),
        yes_or_no("needs_key", None, "a secret").finding(),
    ]
    assert [(one.value, one.note) for one in found] == [
        (1.5, "s: whole, median of 2: 1 to 2"),
        (None, "MIT"),
        (None, "no GPU"),
        (1.0, "yes/no: a secret"),
        (None, "not known"),
    ]
