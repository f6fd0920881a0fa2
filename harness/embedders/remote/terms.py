"""What a command agrees to before texts leave this machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.embedders.remote.prices import PriceList
from harness.embedders.remote.spending import Budget
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.embedders.remote.endpoint import Endpoint
    from harness.embedders.remote.prices import Price


@dataclass(frozen=True)
class Terms:
    """hosts: to which texts may be sent, None for all; this machine needs no consent.

    price: of a model at an endpoint, None where it is not known. budget: what all of it may cost.
    """

    hosts: frozenset[str] | None = frozenset()
    price: Callable[[str, Endpoint], Price | None] = field(default_factory=PriceList)
    budget: Budget = field(default_factory=Budget)

    def allow(self, endpoint: Endpoint) -> bool:
        """Whether texts may be sent there."""
        return endpoint.is_local or self.hosts is None or endpoint.host in self.hosts

    def demand(self, endpoint: Endpoint) -> None:
        """Raises UsageError unless texts may be sent there."""
        if not self.allow(endpoint):
            raise without_consent({endpoint.host: ""})


def without_consent(hosts: Mapping[str, str]) -> UsageError:
    """What to say when texts would be sent to `hosts` and nobody allowed it. hosts: host → what would be sent."""
    lines = [f"  {host}" + (f": {what}" if what else "") for host, what in hosts.items()]
    return UsageError("\n".join(["texts would leave this machine, for", *lines, _how_to_consent(list(hosts))]))


def _how_to_consent(hosts: Sequence[str]) -> str:
    listed = ", ".join(f'"{host}"' for host in hosts)
    return f"Say --allow-remote if they may, or write allow_remote = [{listed}] into harness.toml"
