"""Baselines beside the store: what is put there, what is left out and why, how old it is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from harness.errors import UsageError
from harness.store import Store
from harness.store.baselines import Baseline, Blessing, baseline_files, baseline_names, read_baseline, rounded
from harness.store.baselines import write_baseline as _write
from harness.workflows.newest import newest
from harness.workflows.run import rows as _rows
from harness.workflows.table import demand_held, stored_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from harness.model import Row, Run
    from harness.store.baselines import BaselineFiles
    from harness.workflows.configuration import Configuration
    from harness.workflows.newest import RunKey

LISTED = ("baseline", "anchor", "saved", "age_days", "suites", "embedders", "items", "blessed")
CHANGED = ("suite", "embedder", "metric", "before", "now", "what")
FACTS = ("what", "of", "value")
_FOLDER = "baselines"
_UNKEPT = frozenset({"run", "seconds", "started_at", "warnings"})
"""Fields of a row that say when and how a run was made, which a baseline forgets."""


@dataclass(frozen=True)
class SaveRequest:
    """What to save under which name; no suites or embedders are all. force: over other results, or a damaged file."""

    name: str
    suites: tuple[str, ...] = ()
    embedders: tuple[str, ...] = ()
    anchor: bool = False
    force: bool = False


@dataclass(frozen=True)
class BlessRequest:
    """Which baseline takes the newest results, and why; no suites or embedders are those that it holds."""

    name: str
    reason: str
    suites: tuple[str, ...] = ()
    embedders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """What became of a baseline. written: whether that changed the files. changes: rows of `CHANGED`.

    left_out: suite and embedder → why their latest run is not in it.
    """

    baseline: Baseline
    files: BaselineFiles
    written: bool
    changes: list[list[object]]
    left_out: dict[RunKey, str] = field(default_factory=dict)


def baselines_folder(configuration: Configuration) -> Path:
    """Where baselines are kept: beside the store."""
    return configuration.store.parent / _FOLDER


def today() -> date:
    """In UTC: a baseline that two machines save has the same day."""
    return datetime.now(UTC).date()


def anchor_name(today: date, taken: str = "") -> str:
    """What an anchor of this day is well called: 2026-q4; where that is taken, by the day."""
    quarter = f"{today.year}-q{(today.month + 2) // 3}"
    return quarter if quarter != taken else today.isoformat()


def save_baseline(configuration: Configuration, asked: SaveRequest, today: date) -> Kept:
    """Keep the latest runs of the store as a baseline; the same ones again change nothing.

    Raises UsageError where nothing can be saved, where the name has other results or its files are damaged (unless
    forced, which keeps the history of blessings), and where an anchor has the name of a baseline or the other way
    round; StoreError.
    """
    folder = baselines_folder(configuration)
    before = _present(folder, asked)
    demand_held(configuration, asked.suites, asked.embedders)
    runs, left_out = _latest(configuration, asked.suites, asked.embedders)
    if not runs:
        raise UsageError(f"there is nothing to save as the baseline {asked.name}: no run has results{_each(left_out)}")
    whole = _whole(configuration, runs)
    new = replace(before, saved=today, runs=whole) if before else Baseline(asked.name, today, whole, asked.anchor)
    return _kept(folder, new, before, left_out, over=asked.force)


def bless_baseline(configuration: Configuration, asked: BlessRequest, today: date) -> Kept:
    """Put the newest results in the place of older ones, and the reason into the baseline's history.

    What has no newer results stays. Raises UsageError for an anchor, without a reason, where nothing is there to bless;
    StoreError.
    """
    folder = baselines_folder(configuration)
    before = read_baseline(folder, asked.name)
    if before.anchor:
        raise UsageError(
            f"{asked.name} is an anchor, which does not move: that is what it is for. Save a new one: "
            f"harness baseline save {anchor_name(today, before.name)} --anchor"
        )
    reason = " ".join(asked.reason.split())
    if not reason:
        raise UsageError('--reason is empty: say why these results are right, as in --reason "new chunking, +2 points"')
    runs, left_out = _newer(configuration, before, asked)
    if not runs:
        what = "of -s and -e" if asked.suites or asked.embedders else f"of what {asked.name} holds"
        raise UsageError(f"there is nothing to bless: no newest run {what} has results{_each(left_out)}")
    newer = {(run.suite, run.embedder): run for run in _whole(configuration, runs)}
    stayed = [run for run in before.runs if (run.suite, run.embedder) not in newer]
    blessed = (*before.blessed, Blessing(today, reason))
    after = replace(before, saved=today, runs=(*stayed, *newer.values()), blessed=blessed)
    return _kept(folder, after, before, left_out, over=True)


def facts(baseline: Baseline, today: date) -> list[list[object]]:
    """Rows of `FACTS`: its age, the data it was made on, with what, and why it was blessed."""
    kind = "anchor" if baseline.anchor else "baseline"
    fingerprints = {run.suite: run.fingerprint for run in baseline.runs}
    rows: list[list[object]] = [["saved", kind, f"{baseline.saved}, {baseline.age(today)} day(s) ago"]]
    rows += [["blessed", str(one.day), one.reason] for one in baseline.blessed]
    rows += [["data", suite, fingerprint] for suite, fingerprint in sorted(fingerprints.items())]
    made = ", ".join(f"{name} {value}" for name, value in _versions(baseline))
    return [*rows, ["made with", "", made]]


def document_of(baseline: Baseline, rows: Sequence[Row], today: date) -> dict[str, object]:
    """All of it but the items, as plain values."""
    environments = {json.dumps(run.environment, sort_keys=True): dict(run.environment) for run in baseline.runs}
    return {
        "baseline": baseline.name,
        "anchor": baseline.anchor,
        "saved": baseline.saved.isoformat(),
        "age_days": baseline.age(today),
        "blessed": [{"day": one.day.isoformat(), "reason": one.reason} for one in baseline.blessed],
        "environments": list(environments.values()),
        "scores": [{key: value for key, value in asdict(row).items() if key not in _UNKEPT} for row in rows],
    }


def show_baseline(configuration: Configuration, name: str) -> tuple[Baseline, list[Row]]:
    """A baseline, and its scores as rows of the comparison table. Raises UsageError."""
    baseline = read_baseline(baselines_folder(configuration), name)
    return baseline, _rows(baseline.runs)


def list_baselines(configuration: Configuration, today: date) -> tuple[list[list[object]], dict[str, str]]:
    """Rows of `LISTED`, and what is wrong with those that cannot be read, by name."""
    folder = baselines_folder(configuration)
    rows: list[list[object]] = []
    faults: dict[str, str] = {}
    for name in baseline_names(folder):
        try:
            rows.append(_listed(read_baseline(folder, name), today))
        except UsageError as error:
            faults[name] = str(error)
    return rows, faults


def item_count(runs: Iterable[Run]) -> int:
    """Items of all suites, each suite's once: as many as its headline is made of."""
    most: dict[str, int] = {}
    for run in runs:
        most[run.suite] = max(most.get(run.suite, 0), run.scores[0].items if run.scores else 0)
    return sum(most.values())


def _versions(baseline: Baseline) -> list[tuple[str, str]]:
    """What it was made with; where runs differ, every version."""
    found: dict[str, dict[str, None]] = {}
    for run in baseline.runs:
        packages = run.environment.get("packages", {})
        for name, value in ({**run.environment, **packages}).items():
            if name != "packages":
                found.setdefault(name, {})[str(value)] = None
    return [(name, ", ".join(values)) for name, values in found.items()]


def _listed(baseline: Baseline, today: date) -> list[object]:
    suites, embedders = ({getattr(run, what) for run in baseline.runs} for what in ("suite", "embedder"))
    return [
        *(baseline.name, baseline.anchor, baseline.saved.isoformat(), baseline.age(today)),
        *(len(suites), len(embedders), item_count(baseline.runs), baseline.reason),
    ]


def _present(folder: Path, asked: SaveRequest) -> Baseline | None:
    """What has the name now; None where that is nothing, or is damaged and given up. Raises UsageError."""
    if not baseline_files(folder, asked.name).scores.exists():
        return None
    try:
        before = read_baseline(folder, asked.name)
    except UsageError:
        if asked.force:
            return None
        raise
    if before.anchor != asked.anchor:
        is_one, advice = ("an anchor", "without --anchor") if before.anchor else ("no anchor", "with --anchor")
        raise UsageError(f"{asked.name} is {is_one}, and stays so. Save {advice} under another name")
    return before


def _latest(
    configuration: Configuration, suites: Sequence[str], embedders: Sequence[str]
) -> tuple[list[Run], dict[RunKey, str]]:
    """The runs that a baseline can hold, the newest of each suite and label; and why others are left out."""
    store, names = Store(configuration.store), stored_names(configuration, suites)
    present = newest(store.latest(names, embedders))
    older = {place: run for place, run in newest(store.newest(names, embedders)).items() if place not in present}
    why = {place: _unfit(run) for place, run in present.items()}
    why |= {place: _unfit(run) or _of_older_data(run) for place, run in older.items()}
    left_out = {place: why[place] for place in sorted(why) if why[place]}
    return [present[place] for place in sorted(why) if not why[place]], left_out


def _each(left_out: Mapping[RunKey, str]) -> str:
    """A line for each run that cannot be held, and why."""
    return "".join(f"\n  {embedder} on {suite}: {reason}" for (suite, embedder), reason in left_out.items())


def _unfit(run: Run) -> str:
    """Why a baseline cannot hold a run; empty where it can."""
    if run.imported:
        return "imported: no items to compare"
    return "" if run.status == "ok" else f"{run.status.replace('_', ' ')}: {run.reason}"


def _of_older_data(run: Run) -> str:
    return f"run on older data of this suite, on {run.started_at[:10]}: run it again"


def _newer(configuration: Configuration, before: Baseline, asked: BlessRequest) -> tuple[list[Run], dict[RunKey, str]]:
    """The latest runs of what was asked for, or else of what the baseline holds."""
    demand_held(configuration, asked.suites, asked.embedders)
    suites = asked.suites or sorted({run.suite for run in before.runs})
    embedders = asked.embedders or sorted({run.embedder for run in before.runs})
    runs, left_out = _latest(configuration, suites, embedders)
    if asked.suites:
        return runs, left_out
    held = set(suites)  # a name selects the suites below it too
    return [run for run in runs if run.suite in held], {
        place: why for place, why in left_out.items() if place[0] in held
    }


def _whole(configuration: Configuration, runs: Sequence[Run]) -> tuple[Run, ...]:
    """The same runs with items, answers and environment, rounded."""
    return tuple(map(rounded, Store(configuration.store).runs([run.id for run in runs])))


def _kept(folder: Path, after: Baseline, before: Baseline | None, left_out: dict[RunKey, str], *, over: bool) -> Kept:
    files = baseline_files(folder, after.name)
    written = _write(folder, after, over=over)
    return Kept(read_baseline(folder, after.name), files, written, _changes(before, after), left_out)


def _changes(before: Baseline | None, after: Baseline) -> list[list[object]]:
    """A row of `CHANGED` per suite and embedder: its headline before and now."""
    old, new = ({(run.suite, run.embedder): run for run in each.runs} if each else {} for each in (before, after))
    return [_change(place, old.get(place), new.get(place)) for place in sorted(old.keys() | new.keys())]


def _change(place: RunKey, old: Run | None, new: Run | None) -> list[object]:
    some = new or old
    metric = some.scores[0].metric if some and some.scores else ""
    values = [run.scores[0].value if run and run.scores else None for run in (old, new)]
    return [*place, metric, *values, _what(old, new)]


def _what(old: Run | None, new: Run | None) -> str:
    if old is None or new is None:
        return "new" if old is None else "dropped"
    if old.fingerprint != new.fingerprint:
        return "other data"
    if old.identity != new.identity:
        return "other embedder"
    return "same scores" if old.scores == new.scores else "other scores"
