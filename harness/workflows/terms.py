"""What a command agrees to before texts leave this machine, and before they cost anything."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from harness.embedders.capabilities import service_of
from harness.embedders.remote.prices import FREE, Price, PriceList
from harness.embedders.remote.spending import Budget
from harness.embedders.remote.terms import Terms, without_consent
from harness.embedders.resolve import open_embedder, parse_spec
from harness.errors import EmbedderError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.embedders.remote.service import Service
    from harness.embedders.resolve import Keep
    from harness.model import Embedder, Identity, Spec
    from harness.workflows.configuration import Configuration


def terms(configuration: Configuration, *, allow_remote: bool = False, max_cost: float | None = None) -> Terms:
    """The terms of one command. allow_remote: to all hosts, else to those of harness.toml.

    max_cost: in the currency of the prices.
    """
    own = {
        key: Price(amount, currency, source="harness.toml") for key, (amount, currency) in configuration.prices.items()
    }
    hosts = None if allow_remote else frozenset(configuration.allow_remote)
    return Terms(hosts, PriceList(own), Budget(max_cost))


def services(spec: Spec) -> list[tuple[Identity, Service]]:
    """Which services a spec asks, and for whom; several in a combination, none where it asks nobody else.

    Opens it to look, which takes as long as its files take to be digested. Raises as open_embedder does.
    """
    found: list[tuple[Identity, Service]] = []

    def note(embedder: Embedder) -> Embedder:
        service = service_of(embedder)
        if service is not None:
            found.append((embedder.identity, service))
        return embedder

    open_embedder(spec, note)
    return found


def demand_consent(terms: Terms, specs: Iterable[str]) -> None:
    """For commands without a plan: raises UsageError that names each host to which texts would be sent without leave.

    Nothing is sent. A spec that cannot be opened sends nothing: it is told of when it is asked.
    """
    refused: dict[str, dict[str, None]] = {}
    for spec in specs:
        with suppress(EmbedderError):
            for identity, service in services(parse_spec(spec)):
                if not terms.allow(service.endpoint):
                    refused.setdefault(service.endpoint.host, {})[str(identity)] = None
    if refused:
        raise without_consent({host: f"for {', '.join(asking)}" for host, asking in refused.items()})


def under(terms: Terms) -> Keep:
    """Puts every embedder that it is given under these terms: what they do not allow is refused before it is sent."""

    def keep(embedder: Embedder) -> Embedder:
        service = service_of(embedder)
        if service is not None:
            service.terms = terms
        return embedder

    return keep


def price_of(terms: Terms, spec: Spec) -> Price | None:
    """What a million tokens cost; None where it is not known, where nobody is paid, and where there are several."""
    prices = {terms.price(service.model, service.endpoint) for _, service in services(spec)}
    price = prices.pop() if len(prices) == 1 else None
    return None if price == FREE else price
