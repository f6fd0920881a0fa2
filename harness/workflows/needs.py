"""What a user writes after --max-latency-p95, --max-cost, --max-memory and --min, as needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.compare.choice import Needs
from harness.errors import UsageError
from harness.gate.limits import amount, floor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.model import Limit

_OPTIONS: Mapping[str, tuple[str, str, str]] = {
    "latency": ("latency p95", "--max-latency-p95", "a number with its unit, as in --max-latency-p95 50ms or 0.05s"),
    "cost": (
        "cost per million",
        "--max-cost",
        'what a million tokens may cost, as in --max-cost 0.1 or --max-cost "0.7 CNY"',
    ),
    "memory": ("memory", "--max-memory", "a number with its unit, as in --max-memory 512MB or 2GB"),
}
"""Need → its measure among the budgets of a gate, which are written alike; its option; how it is written."""


def needs(
    limits: Mapping[str, str | None], dimension: int | None = None, floors: Sequence[str] = (), *, local: bool = False
) -> Needs:
    """Needs from what was written. limits: `latency`, `cost`, `memory` → text; None is no need.

    Raises UsageError for what cannot be read, with an example.
    """
    found = {name: _amount(name, text) for name, text in limits.items() if text is not None}
    none = (None, "")
    cost, currency = found.get("cost", none)
    return Needs(
        latency=found.get("latency", none)[0],
        cost=cost,
        currency=currency or Needs.currency,
        memory=found.get("memory", none)[0],
        dimension=dimension,
        local=local,
        floors=tuple(map(_floor, floors)),
    )


def arguments(needs: Needs) -> Iterator[str]:
    """The needs as the command line takes them: what `needs` reads."""
    if needs.latency is not None:
        yield from ("--max-latency-p95", f"{needs.latency:g}ms")
    if needs.cost is not None:
        yield from ("--max-cost", f"{needs.cost:g}{needs.currency}")
    if needs.memory is not None:
        yield from ("--max-memory", f"{needs.memory:g}MB")
    if needs.dimension is not None:
        yield from ("--max-dimension", str(needs.dimension))
    if needs.local:
        yield "--local-only"
    for limit in needs.floors:
        yield from ("--min", limit.text)


def _amount(name: str, text: str) -> tuple[float, str]:
    measure, option, write = _OPTIONS[name]
    found = amount(text, measure)
    if found is None:
        raise UsageError(f"{option} {text}: not understood. Write {write}")
    return found


def _floor(text: str) -> Limit:
    try:
        return floor(text)
    except UsageError as error:
        raise UsageError(
            f'--min "{text}": not understood. Write a suite, a metric and the lowest score, as in '
            '--min "zh/lexical-gap ndcg@10 > 0.7"; >= is understood too'
        ) from error
