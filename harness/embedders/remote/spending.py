"""What was asked of services, what it cost, and when to stop."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

from harness.errors import EmbedderError

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.embedders.remote.prices import Price

_UNSURE = 2.0
"""How many times as many tokens as are expected a service may count."""

_PATIENCE = 0.2  # seconds after which whoever waits sees whether that is still of use


@dataclass(frozen=True)
class Spending:
    """What a service has been asked for. tokens: as it counts them, else estimated; `estimated` of them are.

    retries: requests made again after a refusal. cost: at the price of the service, 0 where none is known.
    """

    requests: int = 0
    texts: int = 0
    tokens: int = 0
    estimated: int = 0
    retries: int = 0
    cost: float = 0.0

    def __add__(self, other: Spending) -> Self:
        return type(self)(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))

    def __sub__(self, other: Spending) -> Self:
        return type(self)(*(getattr(self, field.name) - getattr(other, field.name) for field in fields(self)))


class Budget:
    """An amount that all services of a command may spend together, None for any; in the one currency of their prices.

    It is the budget of one process.
    """

    def __init__(self, amount: float | None = None) -> None:
        self.amount = amount
        self._spent = 0.0
        self._reserved = 0.0
        self._under_way = 0
        self._over = False
        self._changed = threading.Condition()

    def reserve(self, expected: Callable[[], float], over: threading.Event | None = None) -> float:
        """Take what a request is expected to cost, as far as is known by then. Whoever takes something must settle it.

        Several requests at once may cost twice what is expected and stay within the amount; where that is not sure, the
        next one waits until it is known what the others cost. Raises EmbedderError for one that is alone and costs more
        than is left, and from then on for all that cost anything: what is left would be spent on whichever texts happen
        to be short. over: ends the waiting, with an EmbedderError.
        """
        with self._changed:
            while not self._fits(cost := expected()):
                self._over = self._over or not self._under_way
                if self._over or (over is not None and over.is_set()):
                    raise EmbedderError(
                        f"--max-cost {self.amount:g} is reached: {self._spent:.4f} is spent, and a request that is "
                        f"expected to cost {cost:.4f} was not made. What was embedded is cached; a higher --max-cost "
                        "goes on from there"
                    )
                self._changed.wait(_PATIENCE)
            self._reserved += cost
            self._under_way += bool(cost)
            return cost

    def settle(self, reserved: float, cost: float) -> None:
        """Put what a request did cost in the place of what was reserved for it."""
        with self._changed:
            self._reserved -= reserved
            self._under_way -= bool(reserved)
            self._spent += cost
            self._changed.notify_all()

    def _fits(self, cost: float) -> bool:
        if self.amount is None or not cost:
            return True
        if self._over:
            return False
        likely = cost if not self._under_way else _UNSURE * (self._reserved + cost)
        return self._spent + likely <= self.amount


class Meter:
    """Counts what one service is asked for, from several threads.

    It learns how many tokens the service counts for each estimated one, at most, so that what comes next is expected to
    cost no less than it will.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent = Spending()
        self._most = 1.0

    @property
    def spent(self) -> Spending:
        """All of it so far."""
        return self._spent

    def expected(self, estimated: int) -> int:
        """How many tokens the service will count for an estimate at most, as far as is known; at least the estimate."""
        return math.ceil(estimated * self._most)

    def answered(self, texts: int) -> None:
        """Count one answered request."""
        with self._lock:
            self._spent += Spending(requests=1, texts=texts)

    def charged(self, estimated: int, reported: int | None, price: Price | None) -> float:
        """Count the tokens of a request, be it answered or in vain; returns what it cost.

        estimated: by this machine, whatever was learnt of the service since.
        """
        tokens = self.expected(estimated) if reported is None else reported
        cost = price.of(tokens) if price else 0.0
        with self._lock:
            if reported is not None:
                self._most = max(self._most, reported / max(1, estimated))
            self._spent += Spending(tokens=tokens, estimated=tokens if reported is None else 0, cost=cost)
        return cost

    def retried(self) -> None:
        """Count one request that is made again."""
        with self._lock:
            self._spent += Spending(retries=1)
