"""What services were asked for, and an amount that is never exceeded."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.embedders.remote.prices import Price
from harness.embedders.remote.spending import Budget, Meter, Spending
from harness.errors import EmbedderError


def test_spending_adds_up_and_is_subtracted() -> None:
    """Field by field: what a run has spent is the difference of two states."""
    one, other = Spending(1, 2, 30, 4, 5, 0.5), Spending(10, 20, 300, 40, 50, 0.25)
    assert one + other == Spending(11, 22, 330, 44, 55, 0.75)
    assert (one + other) - one == other


def test_a_meter_counts_what_the_service_reports_else_what_was_estimated() -> None:
    """Of 100 estimated tokens, 130 are reported, and expected of the next, which reports none."""
    meter, price = Meter(), Price(1_000.0)
    assert meter.charged(100, 130, price) == pytest.approx(0.13)
    assert meter.charged(100, None, price) == pytest.approx(0.13)
    meter.answered(4)
    meter.answered(6)
    meter.retried()
    assert meter.spent == Spending(2, 10, 260, 130, 1, pytest.approx(0.26))


def test_a_meter_expects_the_worst_that_it_has_seen() -> None:
    """Never less than the estimate; after an answer of twice as many tokens, twice as many, whatever came later."""
    meter = Meter()
    assert meter.expected(100) == 100
    meter.charged(10, 20, None)
    meter.charged(1000, 500, None)
    assert meter.expected(101) == 202


def test_a_budget_stops_before_what_would_exceed_it() -> None:
    """0.4 and 0.4 of 1 are spent; 0.2 is just left, 0.3 is not."""
    budget = Budget(1.0)
    for _ in range(2):
        budget.reserve(lambda: 0.4)
        budget.settle(0.4, 0.4)
    budget.reserve(lambda: 0.2)
    budget.settle(0.2, 0.1)
    with pytest.raises(
        EmbedderError, match=r"--max-cost 1 is reached: 0\.9000 is spent, and a request that is expected"
    ):
        budget.reserve(lambda: 0.3)


def test_who_might_exceed_it_with_others_waits_for_them() -> None:
    """0.3 beside 0.3 may become 1.2 of 1: it is asked for once the other is known to have cost 0.1."""
    budget = Budget(1.0)
    budget.reserve(lambda: 0.3)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(budget.reserve, lambda: 0.3)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.05)
        budget.settle(0.3, 0.1)
        waiting.result(timeout=5)


def test_who_waited_knows_what_was_learnt_meanwhile() -> None:
    """Expected to cost 0.3 before, and 0.8 after the other has cost 0.5: that is too much."""
    budget, likely = Budget(1.0), [0.3]
    budget.reserve(lambda: 0.3)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(budget.reserve, lambda: likely[-1])
        likely.append(0.8)
        budget.settle(0.3, 0.5)
        with pytest.raises(EmbedderError, match="is reached"):
            waiting.result(timeout=5)


def test_waiting_ends_with_the_round_of_requests() -> None:
    """An interrupt, or another failure: nothing more is asked for."""
    budget, over = Budget(1.0), threading.Event()
    budget.reserve(lambda: 0.9)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(budget.reserve, lambda: 0.1, over)
        over.set()
        with pytest.raises(EmbedderError):
            waiting.result(timeout=5)


def test_a_budget_that_was_reached_stays_so() -> None:
    """What is left is not spent on texts that happen to be short; what costs nothing goes on."""
    budget = Budget(1.0)
    with pytest.raises(EmbedderError, match="is reached"):
        budget.reserve(lambda: 2.0)
    with pytest.raises(EmbedderError, match="is reached"):
        budget.reserve(lambda: 0.1)
    budget.reserve(lambda: 0.0)


def test_no_amount_is_no_limit() -> None:
    """As every command without --max-cost."""
    Budget().reserve(lambda: 1e9)


def test_many_threads_never_exceed_an_amount() -> None:
    """64 threads ask for 2,000 requests at once; at no moment is more under way and spent than there is."""
    budget, lock = Budget(100.0), threading.Lock()
    taken, most, refused = 0.0, 0.0, 0

    def one(number: int) -> None:
        nonlocal taken, most, refused
        reserved, cost = 1.0, (number % 10) / 10
        try:
            budget.reserve(lambda: reserved)
        except EmbedderError:
            with lock:
                refused += 1
            return
        with lock:
            taken += reserved
            most = max(most, taken)
        with lock:
            taken += cost - reserved
        budget.settle(reserved, cost)

    with ThreadPoolExecutor(64) as pool:
        list(pool.map(one, range(2000)))
    assert refused
    assert 99 < taken <= 100
    assert most <= 100 + 1e-9
