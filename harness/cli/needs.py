"""The options by which a user says what an embedder must be, for the commands that choose one."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable


def shared_needs(command: Callable[..., Any]) -> Callable[..., Any]:
    """--max-latency-p95, --max-cost, --max-memory, --local-only, --max-dimension and --min, as one `needs`."""

    @wraps(command)
    def _with_needs(*, dimension: int | None, floors: tuple[str, ...], local: bool, **others: Any) -> Any:
        from harness.workflows.needs import needs

        limits = {name: text for name in _LIMITS if (text := others.pop(name)) is not None}
        return command(needs=needs(limits, dimension, floors, local=local), **others)

    for option in reversed(_OPTIONS):
        _with_needs = option(_with_needs)
    return _with_needs


_LIMITS = ("latency", "cost", "memory")
_OPTIONS = (
    click.option(
        "--max-latency-p95",
        "latency",
        metavar="TIME",
        help="95 % of queries must take no longer: 50ms, 0.05s; ms if no unit.",
    ),
    click.option("--max-cost", "cost", metavar="AMOUNT", help='Of a million tokens: 0.1 (USD), "0.7 CNY".'),
    click.option(
        "--max-memory", "memory", metavar="SIZE", help="Peak memory of its process: 512MB, 2GB; MB if no unit."
    ),
    click.option("--local-only", "local", is_flag=True, help="Texts must stay on this machine."),
    click.option("--max-dimension", "dimension", type=click.IntRange(min=1), help="Numbers of a vector."),
    click.option(
        "--min",
        "floors",
        multiple=True,
        metavar="'SUITE METRIC > SCORE'",
        help="A score that it must have, as in 'zh/lexical-gap ndcg@10 > 0.7'. Repeatable.",
    ),
)
