"""Event logs (XES, IEEE 1849) → processes: which activity directly follows which, in what share of the traces."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from harness.catalogue.importers.contraction import normalised, unique
from harness.catalogue.importers.reading import files_in, stem
from harness.catalogue.importers.request import Request, shown
from harness.catalogue.importers.safe_xml import XmlError, read_xml
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.catalogue.importers.draft import Draft

SUFFIXES = (".xes",)
MINIMUM_SHARE = 0.05
MOST_EVENTS = 1_000_000
"""Of one trace."""
MOST_EDGES = 1_000_000
"""Pairs of activities of one log: more are a log whose names are no activities."""
MOST_KEYS = 20
"""Keys of events that a fault lists."""
NAME, TIME, STAGE = "concept:name", "time:timestamp", "lifecycle:transition"


class Event(NamedTuple):
    """What is known of an event. time: as written, "" where there is none."""

    name: str
    time: str
    line: int


@dataclass
class Log:
    """Directly-follows pairs of a log, each with the traces that hold it and the line where it was first met.

    unordered: traces that stay in the order of the file, by the reason. begun: starts that stand for an activity.
    started, completed: activities that have such an event. keys: of events, as met.
    """

    name: str
    traces: int = 0
    events: int = 0
    unnamed: int = 0
    unfinished: int = 0
    begun: int = 0
    loops: int = 0
    edges: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    unordered: Counter[str] = field(default_factory=Counter)
    started: set[str] = field(default_factory=set)
    completed: set[str] = field(default_factory=set)
    keys: dict[str, None] = field(default_factory=dict)

    def meet(self, activity: str, stage: str) -> None:
        """Note that an activity starts, or completes."""
        known = self.completed if stage == "complete" else self.started
        if len(known) < MOST_EDGES:
            known.add(activity)

    def add(self, events: list[Event]) -> None:
        """Count a trace. Raises XmlError when the log has too many pairs to be one of activities."""
        self.traces += 1
        self.events += len(events)
        held: dict[tuple[str, str], int] = {}
        ordered, problem = _in_order(events)
        if problem:
            self.unordered[problem] += 1
        for before, after in pairwise(ordered):
            if before.name == after.name:
                self.loops += 1
            else:
                held.setdefault((before.name, after.name), after.line)
        for edge, line in held.items():
            self.edges.setdefault(edge, [0, line])[0] += 1
        if len(self.edges) > MOST_EDGES:
            line = events[-1].line
            raise XmlError(
                line, f"too many activities: more than {MOST_EDGES} pairs; are their names numbers of cases?"
            )


def read(asked: Request, draft: Draft) -> None:
    """Write the table edges, with the extra columns traces and share.

    A process is a log, named by the log's concept:name or its file. An activity is called by the concept:name of its
    events, or the key that --activity names. Of events with a lifecycle:transition, those that are complete are kept,
    and for an activity that never is, those that are its start. A trace is in the order of its timestamps where every
    event has one, else as written. Left out, and counted: an activity that follows itself, and what fewer traces hold
    than --minimum-share (0.05) says.
    """
    least = asked.options.get("minimum_share", MINIMUM_SHARE)
    if not 0 <= least <= 1:
        raise UsageError(f"--minimum-share {least}: a share is from 0 to 1")
    draft.kind = "process"
    target = draft.table("edges", asked.source)
    taken: set[str] = set()
    pairs = 0
    for file in files_in(asked.path, SUFFIXES):
        log = _read_log(file, asked.options.get("activity", NAME), draft)
        pairs += len(log.edges)
        log.name = unique(log.name, stem(file), taken)
        kept = {edge: counted for edge, counted in log.edges.items() if counted[0] >= least * log.traces}
        for (source, after), (traces, line) in kept.items():
            shares = {"traces": traces, "share": round(traces / log.traces, 6)}
            row = {"process": log.name, "source": source, "target": after, **shares}
            target.add(row, shown(file), line)
        _note(log, len(log.edges) - len(kept), least, draft)
    if pairs and not len(target) and not draft.faults.found:
        message = f"no edges: all {pairs} pairs are held by less than {least:g} of the traces; lower --minimum-share"
        draft.faults.add(asked.source, 0, "", message)


def _note(log: Log, rare: int, least: float, draft: Draft) -> None:
    draft.notes.append(f"{log.name}: {log.traces} traces, {log.events} events")
    draft.note(log.loops, f"times an activity of {log.name} follows itself: left out")
    draft.note(log.begun, f"events of {log.name} kept though {STAGE} is start: their activity never is complete")
    draft.note(log.unfinished, f"events of {log.name} left out: their {STAGE} is not complete")
    draft.note(log.unnamed, f"events of {log.name} left out: they do not say their activity")
    draft.note(rare, f"pairs of {log.name} left out: held by less than {least:g} of the traces")
    for problem, count in log.unordered.items():
        draft.note(count, f"of {log.traces} traces of {log.name} are in the order of the file: {problem}")


def _read_log(file: Path, activity: str, draft: Draft) -> Log:
    """The log, read a second time where there are activities that only ever start."""
    before = len(draft.faults.found)
    log = _heard(file, activity, frozenset(), draft)
    if len(draft.faults.found) == before and log.started - log.completed:
        log = _heard(file, activity, frozenset(log.started - log.completed), draft)
    if len(draft.faults.found) == before and not log.edges:
        draft.faults.add(shown(file), 0, "", _nothing(log, activity))
    return log


def _heard(file: Path, activity: str, only_start: frozenset[str], draft: Draft) -> Log:
    reader = _Reader(stem(file), activity, only_start)
    read_xml(file, reader.begin, reader.end, draft.faults)
    return reader.log


def _nothing(log: Log, activity: str) -> str:
    """Why a log has no edges, and what to do."""
    left = [f"{log.unnamed} without {activity}"] * bool(log.unnamed)
    left += [f"{log.unfinished} whose {STAGE} is not complete"] * bool(log.unfinished)
    out = f" ({', '.join(left)} left out)" if left else ""
    found = f"no edges: {log.traces} traces with {log.events} events{out} hold no two activities that follow each other"
    if not log.unnamed:
        return f"{found}; is it an event log?"
    keys = ", ".join(repr(key) for key in log.keys if key not in {TIME, STAGE}) or "none"
    return f"{found}; name the key that says the activity with --activity KEY, met were: {keys}"


class _Reader:
    """Told of tags, makes a log of them. An attribute within an attribute is not one of the event."""

    def __init__(self, name: str, activity: str, only_start: frozenset[str]) -> None:
        self.log = Log(name)
        self._activity = activity
        self._only_start = only_start
        self._open: list[str] = []
        self._trace: list[Event] = []
        self._event: dict[str, str] = {}
        self._line = 0

    def begin(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        """An element begins."""
        outer = self._open[-1] if self._open else ""
        self._open.append(name)
        if name == "trace":
            self._trace = []
        elif name == "event":
            self._event, self._line = {}, line
        elif outer == "event":
            key = attributes.get("key", "")
            self._event[key] = attributes.get("value", "")
            if len(self.log.keys) < MOST_KEYS:
                self.log.keys[key] = None
        elif outer == "log" and attributes.get("key") == NAME and attributes.get("value", "").strip():
            self.log.name = normalised(attributes["value"])

    def end(self, name: str) -> None:
        """An element ends. Raises XmlError for a trace that is too long."""
        self._open.pop()
        if name == "event" and "trace" in self._open:
            self._add_event()
        elif name == "trace":
            self.log.add(self._trace)

    def _add_event(self) -> None:
        name = normalised(self._event.get(self._activity, ""))
        stage = self._event.get(STAGE, "complete").strip().lower()
        stands = stage == "complete" or (stage == "start" and name in self._only_start)
        if name and stage in {"complete", "start"}:
            self.log.meet(name, stage)
        self.log.begun += stands and stage == "start"
        if not stands:
            self.log.unfinished += 1
        elif not name:
            self.log.unnamed += 1
        else:
            self._trace.append(Event(name, self._event.get(TIME, "").strip(), self._line))
        if len(self._trace) > MOST_EVENTS:
            raise XmlError(self._line, f"trace too long: more than {MOST_EVENTS} events")


def _in_order(events: list[Event]) -> tuple[list[Event], str]:
    """By time where every event has one that can be compared; else as written, and why."""
    times = []
    for event in events:
        try:
            times.append(datetime.fromisoformat(event.time))
        except ValueError:
            problem = f"a {TIME} is no date as in ISO 8601, {event.time[:40]!r}" if event.time else f"no {TIME}"
            return events, problem if len(events) > 1 else ""
    try:
        order = sorted(range(len(events)), key=times.__getitem__)
    except TypeError:
        return events, f"a {TIME} has a time zone, another has none"
    return [events[place] for place in order], ""
