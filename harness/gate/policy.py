"""What `[gate]` in harness.toml says, read and checked: every fault with its key."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.errors import UsageError, nearest
from harness.gate.limits import budget, floor
from harness.model import MARGIN, Gate, Limit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from harness.model import Policy


class _Key(NamedTuple):
    """What the value of a key must be, whether one is, and what is wrong inside one that is."""

    must: str
    fits: Callable[[Any], bool]
    inside: Callable[[Any], Iterable[str]] = lambda _: ()


@dataclass(frozen=True)
class GatePolicy:
    """What a team tolerates, as it is written: a suite may be a folder, and an empty metric is the suite's headline.

    baseline, anchor: names of baselines, empty for none. inconclusive: what such a verdict does. file: where it is
    written.
    """

    baseline: str = ""
    anchor: str = ""
    inconclusive: Policy = "warn"
    quality: tuple[Gate, ...] = ()
    floors: tuple[Limit, ...] = ()
    budgets: tuple[Limit, ...] = ()
    file: str = field(default="harness.toml", compare=False)

    def renamed(self, name: Callable[[str], str]) -> GatePolicy:
        """The same with every suite called as `name` says."""
        return replace(
            self,
            quality=tuple(replace(gate, suite=name(gate.suite)) for gate in self.quality),
            floors=tuple(replace(limit, suite=name(limit.suite)) for limit in self.floors),
        )


def policy(values: Mapping[str, Any], file: str = GatePolicy.file) -> GatePolicy:
    """What sound values of a file say: those of which `faults` has none."""
    return GatePolicy(
        baseline=values.get("baseline", ""),
        anchor=values.get("anchor", ""),
        inconclusive=values.get("inconclusive", "warn"),
        quality=tuple(map(_gate, values.get("quality", []))),
        floors=tuple(map(floor, values.get("floors", []))),
        budgets=tuple(map(budget, values.get("budgets", []))),
        file=file,
    )


def faults(values: Mapping[str, Any]) -> list[str]:
    """What is wrong with the table `[gate]`, each with its key."""
    known = ", ".join(_KEYS)
    unknown = sorted(values.keys() - _KEYS)
    found = [f"[gate.{key}]: unknown key. {nearest(key, _KEYS)}Known: {known}" for key in unknown]
    for key in (key for key in _KEYS if key in values):
        if not _KEYS[key].fits(values[key]):
            found.append(f"[gate.{key}]: must be {_KEYS[key].must}")
        else:
            found += _KEYS[key].inside(values[key])
    return found


def _gate(values: Mapping[str, Any]) -> Gate:
    return Gate(
        values["suite"].rstrip("/"),
        values.get("metric", ""),
        float(values.get("margin", MARGIN)),
        values.get("role", "primary") == "primary",
    )


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_list_of(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(isinstance(one, kind) for one in value)


def _limits(key: str, read: Callable[[str], Limit]) -> Callable[[Iterable[str]], Iterator[str]]:
    def inside(texts: Iterable[str]) -> Iterator[str]:
        seen = Counter[tuple[str, ...]]()
        for place, text in enumerate(texts, start=1):
            try:
                limit = read(text)
            except UsageError as error:
                yield f"[gate.{key}] {place}: {error}"
                continue
            seen[limit.suite, limit.measure] += 1
            if seen[limit.suite, limit.measure] > 1:
                yield f"[gate.{key}] {place}: {text!r}: a second one of the same; leave one of them"

    return inside


def _quality(tables: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    seen = Counter[tuple[str, str]]()
    for place, values in enumerate(tables, start=1):
        where = f"[gate.quality] {place}"
        for key in sorted(values.keys() - _QUALITY):
            yield f"{where}: unknown key {key!r}. {nearest(key, _QUALITY)}Known: {', '.join(_QUALITY)}"
        wrong = [key for key in _QUALITY if key in values and not _QUALITY[key].fits(values[key])]
        yield from (f"{where}: {key} must be {_QUALITY[key].must}" for key in wrong)
        if "suite" not in values:
            yield f"{where}: suite is missing: {_QUALITY['suite'].must}"
        elif not wrong:
            gate = _gate(values)
            seen[gate.suite, gate.metric] += 1
            if seen[gate.suite, gate.metric] > 1:
                what = f"{gate.suite} {gate.metric or 'headline'}"
                yield f"{where}: {what} has a gate already; leave one of them"


_KEYS: Mapping[str, _Key] = {
    "baseline": _Key('the name of a baseline, like "main"', _is_name),
    "anchor": _Key('the name of a dated baseline, like "2026-q3"', _is_name),
    "inconclusive": _Key('"warn" or "fail"', lambda value: value in ("warn", "fail")),
    "floors": _Key('a list like ["zh/lexical-gap ndcg@10 >= 0.6"]', _is_list_of(str), _limits("floors", floor)),
    "budgets": _Key(
        'a list like ["latency p95 <= 80 ms", "cost per million <= 0.1"]',
        _is_list_of(str),
        _limits("budgets", budget),
    ),
    "quality": _Key("[[gate.quality]] tables with suite, metric, margin and role", _is_list_of(dict), _quality),
}
_QUALITY: Mapping[str, _Key] = {
    "suite": _Key("the name of a suite, or of a folder of suites", _is_name),
    "metric": _Key('the name of a metric, like "ndcg@10"', _is_name),
    "margin": _Key(
        "a number above 0 and below 1: the largest loss that does not matter, like 0.02",
        lambda value: type(value) in {int, float} and 0 < value < 1,
    ),
    "role": _Key('"primary" or "advisory"', lambda value: value in ("primary", "advisory")),
}
