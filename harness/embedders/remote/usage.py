"""What asking a service came to, as findings of the run that asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from harness.embedders.remote.prices import UNKNOWN, money
from harness.embedders.remote.spending import Spending
from harness.model import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.embedders.remote.service import Service

COST = "cost"
"""The finding with an amount of money; its subject is the currency, whoever of several models was paid."""

Remember: TypeAlias = "Callable[[str, Sequence[str], Callable[[], Any]], Any]"


def usage(service: Service, spent: Spending, remember: Remember) -> tuple[Finding, ...]:
    """Requests, tokens, cost and who answered; nothing where nothing was asked for, all being in the cache.

    remember: keeps by which name the service answered first.
    """
    if spent == Spending():
        return ()
    return (*_counted(service, spent), *_cut(service), *_paid(service, spent), *_answering(service, remember))


def _counted(service: Service, spent: Spending) -> Iterator[Finding]:
    host = service.endpoint.host
    yield Finding("requests", spent.requests, f"answered by {host}")
    if spent.retries:
        yield Finding("retries", spent.retries, f"requests that {host} refused or did not answer, made again")
    how = "as the service counts them"
    if spent.estimated:
        how = f"estimated: {host} does not say for {'all' if spent.estimated == spent.tokens else spent.estimated}"
    yield Finding("tokens_sent", spent.tokens, how)


def _cut(service: Service) -> Iterator[Finding]:
    if service.cut is not None:
        counted, estimated = service.cut
        note = (
            f"{service.endpoint.host} counted {counted} tokens in a request of about {estimated}: it may cut long "
            "texts. long=truncate&segment=TOKENS cuts them where you say"
        )
        yield Finding("tokens_left_out", 1 - counted / estimated, note, warning=True)


def _paid(service: Service, spent: Spending) -> Iterator[Finding]:
    price = service.price
    if price is None:
        yield Finding(COST, None, UNKNOWN)
    elif price.per_million:
        about = "estimated " if spent.estimated else ""
        note = f"{money(spent.cost, price.currency)} for {about}{spent.tokens} tokens at {price}"
        yield Finding(COST, spent.cost, note, price.currency)


def _answering(service: Service, remember: Remember) -> Iterator[Finding]:
    names = list(service.models)
    if not names:
        return
    known = remember("served model", (), lambda: names[0])
    others = [name for name in names if name != known]
    if others:
        note = (
            f"{service.model} at {service.endpoint.host} answered as {' and as '.join(others)}, and as {known} before"
        )
        yield Finding("served_model", None, note, others[-1], warning=True)
    else:
        yield Finding("served_model", None, f"the service answers as {known}", known)
