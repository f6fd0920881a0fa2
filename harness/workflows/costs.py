"""What embedders cost, as far as the store and their specs tell: the latest profile first, then what a run says."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from harness.compare.choice import not_measured
from harness.embedders.remote.prices import FREE
from harness.embedders.resolve import parse_spec
from harness.errors import HarnessError
from harness.model import Facts
from harness.search import FLOAT32, PRECISIONS
from harness.workflows.terms import services, terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.model import Finding, Run
    from harness.store import Store
    from harness.workflows.configuration import Configuration

_PROFILES = "select id from latest where kind = 'profile' order by started_at, id"
_HERE = frozenset({"baseline", "bm25", "packaged", "st", "static", "tokens", "vectors"})
"""Backends that run on this machine and ask nobody, whatever their options."""
_ASKING = frozenset({"ce", "hybrid", "litellm", "openai"})
"""Backends that may ask a service; which one, opening them tells, and that sends nothing."""
_UNREPORTED = "the profile does not tell"
_STRETCHES = re.compile(r"medians of \d+ stretches: (\S+) to (\S+)")
"""In the note of a p50: see `harness.diagnostics.cost.latency`."""


Measured: TypeAlias = "Mapping[tuple[str, str], Finding]"
"""What a profile found, by name and subject."""


class _Terms(NamedTuple):
    """Whether texts stay here, what a million tokens cost, in which currency."""

    local: bool | None = None
    price: float | None = None
    currency: str = ""


@dataclass(frozen=True)
class Costs:
    """What is known of one embedder. measured: its latest profile. missing: why what is not in there is not known."""

    facts: Facts
    measured: Measured
    missing: str


def facts_of(configuration: Configuration, store: Store, runs: Mapping[str, Sequence[Run]]) -> dict[str, Facts]:
    """By embedder what it costs, as `costs_of`."""
    return {name: costs.facts for name, costs in costs_of(configuration, store, runs).items()}


def costs_of(configuration: Configuration, store: Store, runs: Mapping[str, Sequence[Run]]) -> dict[str, Costs]:
    """By embedder what is known of its costs. runs: by embedder, those that its scores come from.

    A profile counts for an embedder when it was made of the same identity, or, where there is none such or no run,
    under the same label.
    """
    profiles = _profiles(store)
    return {name: _costs(configuration, name, own, _profile_of(name, own, profiles)) for name, own in runs.items()}


def percentile(measured: Measured, subject: str) -> Finding | None:
    """A percentile of the time that a query takes, or a reranking, in ms; the first that has a value."""
    names = ((name, subject) for name in ("query_latency", "rerank_latency"))
    found = [measured[name] for name in names if name in measured]
    return next((one for one in found if one.value is not None), found[0] if found else None)


def _profiles(store: Store) -> list[Run]:
    """The latest of each embedder, the newest last, with their findings."""
    _, rows = store.query(_PROFILES)
    return store.runs([name for (name,) in rows], items=False)


def _profile_of(name: str, runs: Sequence[Run], profiles: Sequence[Run]) -> Run | None:
    keys = {run.identity.key for run in runs if run.identity}
    labels = {run.embedder for run in runs} or {name}
    same = [one for one in profiles if one.identity and one.identity.key in keys]
    named = [one for one in profiles if one.embedder in labels and (one.identity is None or not keys)]
    found = same or named
    return found[-1] if found else None


def _costs(configuration: Configuration, name: str, runs: Sequence[Run], profile: Run | None) -> Costs:
    label = runs[0].embedder if runs else name
    measured = {(one.name, one.subject): one for one in profile.findings} if profile else {}
    failed = f"profile failed: {profile.reason}" if profile and profile.reason else ""
    asked = "" if profile else shlex.join([*configuration.options, "-e", label])
    missing = failed or (not_measured(asked) if asked else _UNREPORTED)
    found = _facts(runs, _terms(configuration, name, runs, measured), measured, missing)
    return Costs(replace(found, profile=asked), measured, missing)


def _facts(runs: Sequence[Run], priced: _Terms, measured: Measured, why: str) -> Facts:
    index = next((run.vector_bytes for run in reversed(runs) if run.vector_bytes), None)
    local, price, currency = priced
    latency = _value(percentile(measured, "p95"))
    memory, dimension = _value(measured.get(("peak_memory", ""))), _dimension(runs, measured, index)
    values = {"latency": latency, "price": price, "memory": memory, "dimension": dimension, "local": local}
    notes = {name: _why(name, measured, why) for name, value in values.items() if value is None}
    if index is None and any(run.status == "ok" and not run.imported for run in runs):
        notes |= {"index": "it makes no vectors", "dimension": "it makes no vectors"}
    elif index is None:
        notes["index"] = why
    swing = _swing(percentile(measured, "p50"))
    return Facts(latency, price, currency, memory, dimension, local, index, notes, swing=swing)


_FINDING: Mapping[str, tuple[str, str]] = {
    "latency": ("query_latency", "p95"),
    "price": ("token_price", ""),
    "memory": ("peak_memory", ""),
    "dimension": ("dimension", ""),
    "local": ("data_leaves_machine", ""),
}
"""Which finding of a profile says why a fact is not known."""


def _why(name: str, measured: Measured, why: str) -> str:
    """The profile's own words, where it has some."""
    mean = measured.get(("query_latency", "mean"))
    if name == "latency" and mean is not None and mean.value is not None:
        return f"only the mean of a query more was measured, {mean.value:.3g} ms"
    found = measured.get(_FINDING[name])
    return found.note if found is not None else why


def _value(found: Finding | None) -> float | None:
    return None if found is None else found.value


def _swing(median: Finding | None) -> float | None:
    """By what factor the medians of the stretches of a profile's queries differ, as the note of their p50 says."""
    told = _STRETCHES.search(median.note) if median else None
    low, high = map(float, told.groups()) if told else (0.0, 0.0)
    return high / low if low > 0 else None


def _dimension(runs: Sequence[Run], measured: Measured, index: int | None) -> int | None:
    """As measured; else from the bytes of a stored vector, where each number takes whole ones."""
    value = _value(measured.get(("dimension", "")))
    if value is not None:
        return int(value)
    identity = next((run.identity for run in runs if run.identity), None)
    if index is None or identity is None:
        return None
    each = PRECISIONS[dict(identity.options).get("precision", FLOAT32.name)].size(1)
    return index // each if dict(identity.options).get("precision") != "binary" else None


def _terms(configuration: Configuration, name: str, runs: Sequence[Run], measured: Measured) -> _Terms:
    """Whether texts stay here, what a million tokens cost, and in which currency."""
    leaves = _value(measured.get(("data_leaves_machine", "")))
    priced = measured.get(("token_price", ""))
    told = leaves == 0 or (leaves is not None and _value(priced) is not None)
    local, price, currency = _Terms() if told else _asked(configuration, name, runs)
    local = local if leaves is None else not leaves
    if priced is not None and priced.value is not None:
        return _Terms(local, priced.value, priced.note.partition(":")[0])
    return _Terms(local, 0.0) if local else _Terms(local, price, currency)


def _asked(configuration: Configuration, name: str, runs: Sequence[Run]) -> _Terms:
    """The same, from the spec that a run was made with; without runs, from that which is called so. Nothing is sent."""
    called = configuration.embedders.get(name, name)
    specs = [str(run.configuration.get("spec", "")) for run in runs] or [called]
    backends = {run.identity.backend for run in runs if run.identity} if runs else {called.partition(":")[0]}
    if backends and backends <= _HERE:
        return _Terms(local=True, price=0.0)
    if not _may_ask(specs):
        return _Terms()
    with suppress(HarnessError):  # a model that is not installed, a key that is not set: then it is not known
        asked = services(parse_spec(specs[-1]))
        prices = [terms(configuration).price(service.model, service.endpoint) for _, service in asked]
        local = all(service.endpoint.is_local for _, service in asked)
        paid = {price for price in prices if price != FREE}
        if not paid:
            return _Terms(local, 0.0)
        (price,) = paid if len(paid) == 1 else (None,)
        return _Terms(local, price.per_million, price.currency) if price else _Terms(local)
    return _Terms()


def _may_ask(specs: Iterable[str]) -> bool:
    return all(spec.partition(":")[0] in _ASKING for spec in specs)
