"""A service: an endpoint, how it may be used, and what was asked of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from harness.embedders.facts import Facts
from harness.embedders.remote.deadline import in_time
from harness.embedders.remote.pace import Pace
from harness.embedders.remote.packing import packed
from harness.embedders.remote.refusals import RefusedError
from harness.embedders.remote.sending import Sending
from harness.embedders.remote.spending import Meter
from harness.embedders.remote.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from harness.embedders.options import Options
    from harness.embedders.remote.endpoint import Endpoint
    from harness.embedders.remote.prices import Price
    from harness.embedders.remote.sending import Reply, Rows
    from harness.embedders.remote.spending import Spending
    from harness.model import Index

SERVICE_OPTIONS: Mapping[str, int | None] = {
    "batch_size": 128,
    "batch_tokens": 16_384,
    "concurrency": 8,
    "rpm": None,
    "tpm": None,
    "timeout": 60,
    "patience": 300,
}
"""The options of whatever is behind an address, with their defaults; none of them decides a vector.

batch_size, batch_tokens: what goes into one request, and no more tokens than tpm. concurrency: requests under way at
once. rpm, tpm: requests and tokens a minute. timeout: seconds until an answer is whole. patience: seconds that a
request may wait in all, its first turn apart.
"""


_OF_PROBE = 8  # tokens, about

_LONG = 400
"""Estimated tokens of a text that a service may cut; a request without such a text tells nothing."""

_CUT = 0.6
"""A service that counts less than this of what was estimated has cut something; estimates are rarely so far off."""


@dataclass(frozen=True)
class Limits:
    """Of one request: texts, tokens (estimated), seconds that its answer may take. at_once: requests under way."""

    texts: int
    tokens: int
    seconds: int
    at_once: int


@dataclass(frozen=True)
class _Load:
    """What is in a request: texts, their estimated tokens, and those of the longest."""

    texts: int
    tokens: int
    longest: int


class Service:
    """One model behind one endpoint. Under the terms that it has first, only this machine is asked.

    models: by which names it answered. cut: the tokens that it counted, and those that were estimated, of the request
    in which it left out the most, None where it seems to read everything.
    """

    def __init__(self, model: str, endpoint: Endpoint, limits: Limits, pace: Pace) -> None:
        self.model = model
        self.endpoint = endpoint
        self.terms = Terms()
        self.models: dict[str, None] = {}
        self.cut: tuple[int, int] | None = None
        self._limits = limits
        self._pace = pace
        self._meter = Meter()

    @property
    def timeout(self) -> int:
        """Seconds that an answer may take."""
        return self._limits.seconds

    def facts(self, install: str) -> Facts:
        """What the address says. install: what pip is told for asking it."""
        elsewhere = not self.endpoint.is_local
        return Facts(
            network=elsewhere,
            key=bool(self.endpoint.key_env),
            leaves=elsewhere,
            device=f"behind {self.endpoint.host}",
            install=install,
            served=True,
        )

    @property
    def price(self) -> Price | None:
        """What a million tokens cost; None where it is not known."""
        return self.terms.price(self.model, self.endpoint)

    @property
    def spent(self) -> Spending:
        """What was asked of it so far."""
        return self._meter.spent

    @property
    def at_once(self) -> int:
        """How many requests are under way together."""
        return self._limits.at_once

    def requests(self, tokens: Sequence[int]) -> list[Index]:
        """How texts of so many estimated tokens, at least 1 each, would be divided into requests."""
        return packed(tokens, self._limits.texts, self._limits.tokens)

    def sizes(self, tokens: Sequence[int]) -> list[int]:
        """The tokens of each of those requests."""
        return [sum(tokens[place] for place in places.tolist()) for places in self.requests(tokens)]

    def fetch(
        self,
        requests: Sequence[Index],
        tokens: Sequence[int],
        ask: Callable[[Index], Reply],
        probe: Callable[[], Reply],
    ) -> Iterator[tuple[Index, Rows]]:
        """Places and their rows as answers come. ask: makes one request, or raises RefusedError.

        tokens: estimated, of every place. probe: asks for a text that nobody refuses. Raises UsageError without
        consent; EmbedderError (RefusedError, TextsRefusedError, the end of the budget) once everything that was
        answered has been handed over.
        """
        self.terms.demand(self.endpoint)
        over = threading.Event()

        def one(ask: Callable[[], Reply], load: _Load, few: int | None) -> Reply:
            paid = partial(self._paid, ask, load, over)
            return self._pace.patiently(paid, load.tokens, self._meter.retried, over, few)

        def of_places(places: Index, few: int) -> Reply:
            sizes = [tokens[place] for place in places.tolist()]
            return one(partial(ask, places), _Load(len(sizes), sum(sizes), max(sizes)), few)

        of_probe = partial(one, probe, _Load(1, _OF_PROBE, _OF_PROBE), None)
        sending = Sending(of_places, of_probe, self._limits.at_once, over)
        try:
            yield from sending.parts(requests)
        finally:
            if sending.most is not None:
                self._limits = replace(self._limits, texts=min(self._limits.texts, sending.most))

    def _paid(self, ask: Callable[[], Reply], load: _Load, over: threading.Event) -> Reply:
        """What `ask` returns; what it costs, be it answered or in vain, is settled with the budget."""
        price, budget = self.price, self.terms.budget
        reserved = budget.reserve(lambda: price.of(self._meter.expected(load.tokens)) if price else 0.0, over)
        cost = 0.0
        try:
            reply = in_time(ask, self.timeout)
            cost = self._meter.charged(load.tokens, reply.tokens, price)
        except RefusedError as refusal:
            if refusal.billed:
                cost = self._meter.charged(load.tokens, refusal.tokens, price)
            # Servers repeat what they get, and `from None` leaves what it came from behind.
            raise refusal.reworded(self.endpoint.redacted(str(refusal))) from None
        finally:
            budget.settle(reserved, cost)
        self._note(reply, load)
        return reply

    def _note(self, reply: Reply, load: _Load) -> None:
        """Count an answer, and see who answered, and whether it left out something."""
        self._meter.answered(load.texts)
        if reply.model and reply.model not in self.models:
            self.models[self.endpoint.redacted(reply.model)] = None
        if reply.tokens is None or load.longest <= _LONG or reply.tokens >= _CUT * load.tokens:
            return
        if self.cut is None or reply.tokens / load.tokens < self.cut[0] / self.cut[1]:
            self.cut = (reply.tokens, load.tokens)


def open_service(given: Options, endpoint: Endpoint) -> Service:
    """The service that the options of a spec describe, see SERVICE_OPTIONS. Raises UsageError."""
    values = {name: given.integer(name, default) for name, default in SERVICE_OPTIONS.items()}
    # A request above the tokens of a minute would always be refused.
    values["batch_tokens"] = min(filter(None, (values["batch_tokens"], values["tpm"])))
    names = ("batch_size", "batch_tokens", "timeout", "concurrency")
    return Service(
        given.spec.name,
        endpoint,
        Limits(*(values[name] or 1 for name in names)),
        Pace(values["rpm"], values["tpm"], values["patience"] or 0),
    )
