"""What a number of documents comes to: bytes of an index, hours, money."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from math import prod
from typing import TYPE_CHECKING, Protocol

from harness.diagnostics.cost.measure import Measure, absent, said
from harness.errors import UsageError
from harness.search import PRECISIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.diagnostics.cost.throughput import Rate, TokenCount

_UNITS = {"k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_CHINESE = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_COUNT = re.compile(rf"(?P<number>[\d.,_]+)\s*(?P<unit>[{''.join(_UNITS)}]?|[{''.join(_CHINESE)}]*)")
_MOST = 10**15
_MILLION = 1_000_000
_HOUR = 3600


def document_count(text: str) -> int:
    """300000, 300,000, 2.5k, 10M, 1B, 10万, 1千万, 2亿. Raises UsageError for what is no whole number above 0."""
    form = _COUNT.fullmatch(text.strip().lower())
    try:
        number = Decimal(form["number"].replace(",", "").replace("_", "")) if form else Decimal(0)
    except InvalidOperation:
        number = Decimal(0)
    unit = form["unit"] if form else ""
    count = number * prod((_UNITS | _CHINESE)[sign] for sign in unit)
    if not 0 < count <= _MOST or count != int(count):
        raise UsageError(f"{text!r} is no number of documents: write 300000, 2.5k, 10M, 1B, 10万 or 1千万")
    return int(count)


def compact(count: int) -> str:
    """10M, 2.5k, 300k; exact, so that 1234567 stays as it is."""
    for unit, size in reversed(_UNITS.items()):
        # At most two digits behind the point.
        if count >= size and count % (size // 100) == 0:
            digits = f"{count / size:.2f}".rstrip("0").rstrip(".")
            return digits + (unit if unit == "k" else unit.upper())
    return str(count)


def index_sizes(dimension: int) -> Iterator[Measure]:
    """MB (a million bytes) of the vectors of a million documents, by number format; an index adds to that."""
    for name, precision in PRECISIONS.items():
        note = f"the vectors of 1M documents, {precision.size(dimension)} bytes each"
        yield Measure("index_size", float(precision.size(dimension)), "MB", note, name)


class Priced(Protocol):
    """What a million tokens cost."""

    @property
    def per_million(self) -> float:
        """In `currency`."""
        ...

    @property
    def currency(self) -> str:
        """USD, CNY."""
        ...

    @property
    def as_of(self) -> str:
        """The day on which the price was read, empty where that is not said."""
        ...

    @property
    def source(self) -> str:
        """Where it was read."""
        ...


def effort(documents: int, rate: Rate | None, tokens: TokenCount, larger: Sequence[int] = ()) -> Measure:
    """Hours to embed so many documents of the measured kind. rate: the best that was measured.

    larger: texts of calls that were not measured, more of them than of any that was.
    """
    subject = compact(documents)
    if rate is None:
        return absent("embedding_hours", "not measured: there is no throughput", subject)
    note = f"{subject} documents at {rate.median:.4g} texts/s, {tokens.per_text:.0f} tokens each"
    if larger:
        note += f"; {' or '.join(map(str, larger))} texts per call were not measured, and may be faster"
    low, high = (documents / best / _HOUR for best in (max(rate.per_second), min(rate.per_second)))
    return Measure(
        "embedding_hours", documents / rate.median / _HOUR, "h", note, subject, low, high, caution=bool(larger)
    )


def money(documents: int, tokens: TokenCount, price: Priced | None, without: str) -> tuple[Measure, Measure]:
    """What a million tokens and so many documents of the measured kind cost. without: why there is no price."""
    subject = compact(documents)
    if price is None:
        return said("token_price", without), said("embedding_cost", without, subject)
    cost = documents * tokens.per_text / _MILLION * price.per_million
    when = f", as of {price.as_of}" if price.as_of else f", {price.source}"
    note = f"{subject} documents of {tokens.per_text:.0f} tokens, {tokens.note}"
    return (
        Measure("token_price", price.per_million, price.currency, f"for 1M tokens{when}"),
        Measure("embedding_cost", cost, price.currency, note, subject),
    )
