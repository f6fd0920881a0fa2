"""Floors and budgets as people write them: `zh/lexical-gap ndcg@10 >= 0.6`, `latency p95 <= 80 ms`, `2 GiB`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from harness.errors import UsageError, nearest
from harness.model import Limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model import Comparator

FLOOR = "zh/lexical-gap ndcg@10 >= 0.6"
"""A floor that is understood."""
_PARTS = re.compile(r"(?P<subject>.*?)\s*(?P<comparator><=|>=|[≤≥<>=])\s*(?P<bound>[^<>=≤≥]*)")
_NUMBER = re.compile(r"(?P<number>[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)\s*(?P<unit>.*)", re.IGNORECASE)
_CURRENCY = re.compile("[A-Z]{3}", re.IGNORECASE)
_COMPARATORS = {"<=": "<=", "≤": "<=", "<": "<", ">=": ">=", "≥": ">=", ">": ">"}


@dataclass(frozen=True)
class Quantity:
    """Something a budget may be about. units: what it may be written in → how many of them the harness's own unit is.

    No units: money, in any currency. bare: the unit of a number without one; None where it has to be written. example:
    of a line that is understood.
    """

    units: Mapping[str, float]
    bare: str | None
    example: str

    def unit(self, written: str) -> str | None:
        """A unit as it is spelled here, written in any case; None for what is none."""
        if not written:
            return self.bare
        if not self.units:
            return written.upper() if _CURRENCY.fullmatch(written) else None
        return next((unit for unit in self.units if unit.casefold() == written.casefold()), None)


_MILLISECONDS = {"ms": 1.0, "s": 1e-3}
_MEGABYTES = {"MB": 1.0, "GB": 1e-3, "MiB": 1e6 / 1024**2, "GiB": 1e6 / 1024**3}

BUDGETS: Mapping[str, Quantity] = {
    "latency p50": Quantity(_MILLISECONDS, "ms", "latency p50 <= 20 ms"),
    "latency p95": Quantity(_MILLISECONDS, "ms", "latency p95 <= 80 ms"),
    "latency p99": Quantity(_MILLISECONDS, "ms", "latency p99 <= 200 ms"),
    "cost per million": Quantity({}, "USD", "cost per million <= 0.1 USD"),
    "cut texts": Quantity({"%": 100.0}, None, "cut texts <= 1 %"),
    "memory": Quantity(_MEGABYTES, "MB", "memory <= 2 GB"),
    "dimension": Quantity({"": 1.0}, "", "dimension <= 512"),
}
"""What a budget may be about."""


def floor(text: str) -> Limit:
    """`SUITE METRIC >= NUMBER`, or `<=` for a metric that is better when lower. Raises UsageError."""
    must = f'must be like "{FLOOR}"'
    subject, comparator, bound = _parts(text, must)
    *suite, metric = subject.split()
    number, unit = _number(text, bound)
    if not suite or unit:
        raise UsageError(f"{text!r} {must}")
    return Limit(" ".join(suite), metric, comparator, number)


def budget(text: str) -> Limit:
    """`MEASURE <= NUMBER UNIT` with a measure of BUDGETS and one of its units. Raises UsageError."""
    known = ", ".join(f'"{one.example}"' for one in BUDGETS.values())
    measure, comparator, bound = _parts(text, f"must be like one of {known}")
    if measure not in BUDGETS:
        raise UsageError(f"{text!r}: nothing is called {measure!r}. {nearest(measure, BUDGETS)}Known: {known}")
    number, written = _number(text, bound)
    unit = BUDGETS[measure].unit(written)
    if unit is None:
        in_which = " or ".join(filter(None, BUDGETS[measure].units)) or _unitless(measure)
        raise UsageError(f"{text!r}: {measure} is written in {in_which}, as in {BUDGETS[measure].example!r}")
    limit = Limit("", measure, comparator, number, unit)
    if limit.is_least:
        raise UsageError(f"{text!r}: a budget is a most: write <=, as in {BUDGETS[measure].example!r}")
    if number < 0:
        raise UsageError(f"{text!r}: a budget is not below 0, as in {BUDGETS[measure].example!r}")
    return limit


def amount(text: str, measure: str) -> tuple[float, str] | None:
    """`50ms` of a measure of BUDGETS: in the harness's own unit, and the unit it is written in. None for what is none.

    The harness's own units are ms, MB, shares, and money for a million tokens in any currency.
    """
    found = _NUMBER.fullmatch(text.strip())
    unit = BUDGETS[measure].unit(found["unit"]) if found else None
    if found is None or unit is None or not 0 <= float(found["number"]) < math.inf:
        return None
    return float(found["number"]) / BUDGETS[measure].units.get(unit, 1.0), unit


def in_unit(limit: Limit, value: float) -> float:
    """A measured value, in the harness's own unit, in the one that a budget is written in."""
    return value * BUDGETS[limit.measure].units.get(limit.unit, 1.0)


def _parts(text: str, must: str) -> tuple[str, Comparator, str]:
    found = _PARTS.fullmatch(text.strip())
    if not found or not found["subject"]:
        raise UsageError(f"{text!r} {must}")
    if found["comparator"] not in _COMPARATORS:
        raise UsageError(f"{text!r}: {found['comparator']} is not understood: write >= or <=")
    subject = " ".join(found["subject"].split())
    return subject, cast("Comparator", _COMPARATORS[found["comparator"]]), found["bound"]


def _number(text: str, bound: str) -> tuple[float, str]:
    """A number and what stands after it."""
    found = _NUMBER.fullmatch(bound.strip())
    if not found or not math.isfinite(float(found["number"])):
        raise UsageError(f"{text!r}: {bound.strip()!r} is no number")
    return float(found["number"]), found["unit"]


def _unitless(measure: str) -> str:
    return "no unit" if BUDGETS[measure].units else "a currency of three letters"
