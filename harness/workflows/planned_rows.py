"""A plan as tables: all of it for programs, what decides for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from harness.embedders.remote.prices import UNKNOWN, money
from harness.workflows.plan import NO_MODEL, costs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.errors import SuiteError
    from harness.workflows.plan import Line

PlannedRow: TypeAlias = "tuple[str, str, str, bool, int, int, int, int, int, int, float | None, float | None, str, str]"
"""What `COLUMNS` name."""

COLUMNS = (
    "embedder",
    "model",
    "endpoint",
    "remote",
    "texts",
    "cached",
    "to_embed",
    "tokens",
    "requests",
    "checks",
    "cost",
    "saved",
    "currency",
    "note",
)
BRIEF = ("embedder", "texts", "to embed", "≈ tokens", "requests", "≈ cost", "saved", "sent to")


def rows(lines: Iterable[Line]) -> list[PlannedRow]:
    """As rows of `COLUMNS`; cost and saved are null where the price is not known or nobody is asked.

    cost is null too where other software asks for texts that nobody knows.
    """
    return [
        (
            line.embedder,
            line.model,
            line.host,
            line.remote,
            line.texts,
            line.texts - line.to_embed,
            line.to_embed,
            line.tokens,
            line.requests,
            line.checks,
            None if line.unforeseen else line.cost,
            line.saved,
            line.price.currency if line.price else "",
            "; ".join(filter(None, (line.note or (UNKNOWN if line.unpriced else ""), _foreign(line)))),
        )
        for line in lines
    ]


def brief(lines: Sequence[Line]) -> list[list[str]]:
    """As rows of `BRIEF`, with one for all embedders together."""
    shown = [
        [
            line.embedder + (f" · {line.model}" if line.model else ""),
            *_counts([line]),
            _cost([line]),
            _amounts([line], saved=True),
            line.host,
        ]
        for line in lines
    ]
    if len(lines) > 1:
        shown.append(["all", *_counts(lines), _cost(lines), _amounts(lines, saved=True), ""])
    return shown


def remarks(lines: Sequence[Line], unread: Iterable[SuiteError] = ()) -> Iterator[str]:
    """What else is to be said about a plan. unread: suites that cannot be read, and why."""
    for error in unread:
        yield f"left out, every run of it would fail: {error}"
    for line in lines:
        if line.note and line.note != NO_MODEL:
            yield f"{line.embedder}: {line.note}"
    yield from dict.fromkeys(filter(None, map(_foreign, lines)))
    for line in lines:
        if line.unpriced:
            yield f"{line.host}/{line.name}: {UNKNOWN}"
    checks = sum(line.checks for line in lines)
    if checks:
        yield f"{checks} of the requests are to see whether a service is steady, and the same as before"
    priced = [line for line in lines if line.price and line.price.per_million]
    yield from dict.fromkeys(f"{line.host}/{line.name}: {line.price}" for line in priced)


def _foreign(line: Line) -> str:
    return f"not counted, as nobody knows their texts: {', '.join(line.foreign)}" if line.foreign else ""


def _cost(lines: Sequence[Line]) -> str:
    known = _amounts(lines, saved=False)
    more = " + not known" if any(line.unpriced or line.unforeseen for line in lines) else ""
    return (known + more).removeprefix(" + ")


def _counts(lines: Sequence[Line]) -> list[str]:
    totals = [sum(getattr(line, what) for line in lines) for what in ("texts", "to_embed", "tokens", "requests")]
    asked = any(line.endpoint for line in lines)
    return [f"{total:,}" for total in totals[:-1]] + [f"{totals[-1]:,}" if asked else ""]


def _amounts(lines: Sequence[Line], *, saved: bool) -> str:
    amounts = {currency: kept if saved else cost for currency, (cost, kept) in costs(lines).items()}
    return " + ".join(money(amount, currency) for currency, amount in amounts.items() if amount or not saved)
