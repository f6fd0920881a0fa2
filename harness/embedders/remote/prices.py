"""What services ask for a million tokens: the user's own prices, then a small dated table."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.embedders.remote.endpoint import Endpoint

UNKNOWN = "price not known: [prices] in harness.toml"

_MILLION = 1_000_000
_PACKAGE = "litellm:"  # how hosts begin whose address that package knows: litellm:mistral, for mistral/mistral-embed
_LEAST = 0.0001  # of a currency: what is less is only said to be less


@dataclass(frozen=True)
class Price:
    """per_million: for a million tokens, in `currency` (USD, CNY). as_of: the day on which it was read in `source`."""

    per_million: float
    currency: str = "USD"
    as_of: str = ""
    source: str = ""

    def of(self, tokens: int) -> float:
        """The price of so many tokens."""
        return self.per_million * tokens / _MILLION

    def __str__(self) -> str:
        where = ", ".join(filter(None, (self.as_of, self.source)))
        return f"{self.per_million:g} {self.currency} per 1M tokens" + (f" ({where})" if where else "")


FREE = Price(0.0, "", "", "this machine")
"""Of what runs here."""


@dataclass(frozen=True)
class PriceList:
    """Finds the price of a model at an endpoint. own: the user's, by `host/model` or, whatever the host, by model."""

    own: Mapping[str, Price] = field(default_factory=dict)

    def __call__(self, model: str, endpoint: Endpoint) -> Price | None:
        """None where it is not known, which is not the same as nothing."""
        host = endpoint.host
        bare = model.removeprefix(f"{host.removeprefix(_PACKAGE)}/") if host.startswith(_PACKAGE) else model
        for name in (f"{host}/{bare}", model, bare):
            if name in self.own:
                return self.own[name]
        return FREE if endpoint.is_local else listed().get((host, bare))


@cache
def listed() -> Mapping[tuple[str, str], Price]:
    """The table of this package: (host, model) → price."""
    text = files("harness.embedders.remote").joinpath("prices.toml").read_text("utf-8")
    return {
        (host, model): Price(float(amount), service["currency"], str(service["as_of"]), service["source"])
        for service in tomllib.loads(text)["services"]
        for host in (service["host"], *service.get("aliases", ()))
        for model, amount in service["per_million"].items()
    }


def money(amount: float, currency: str) -> str:
    """An amount as people read it: `1.24 USD`, `0.0031 CNY`."""
    if 0 < amount < _LEAST:
        return f"< {_LEAST} {currency}".rstrip()
    return f"{amount:.{2 if amount >= 1 or not amount else 4}f} {currency}".rstrip()
