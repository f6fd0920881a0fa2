"""A process drawn with gateways → the steps that follow each other directly."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.catalogue.importers.draft import Draft, TableDraft

MOST_VISITS = 5_000_000
"""Nodes that may be visited on the ways from all steps of a process: more are no drawing that anybody made."""


class TangledError(ValueError):
    """A process with too many ways between its steps."""


@dataclass
class Drawing:
    """Nodes and the flows between them.

    labels: node → the name of a step, normalised; "" for what only routes: a gateway, an event without a name.
    flows: node → the nodes that it leads to, each with the line of the flow, in order.
    """

    labels: dict[str, str] = field(default_factory=dict)
    flows: dict[str, dict[str, int]] = field(default_factory=dict)

    def connect(self, source: str, target: str, line: int) -> None:
        """Add a flow; the first of two between the same nodes stays."""
        self.flows.setdefault(source, {}).setdefault(target, line)


@dataclass
class Steps:
    """Which step leads to which, each pair with the line of its flow; loops: steps that led to themselves."""

    edges: dict[tuple[str, str], int] = field(default_factory=dict)
    loops: int = 0


def normalised(name: str) -> str:
    """A name without line breaks and with single blanks: drawing tools break names to fit into boxes."""
    return " ".join(name.split())


def unique(name: str, further: str, taken: set[str]) -> str:
    """The name, with `further` or else a number behind it where it is taken; it is taken then."""
    candidates = chain([name, f"{name} ({further})"], (f"{name} ({number})" for number in count(2)))
    chosen = next(candidate for candidate in candidates if candidate not in taken)
    taken.add(chosen)
    return chosen


def contracted(drawing: Drawing) -> Steps:
    """The successors of a step are the steps that flows reach through nothing but routing nodes.

    Raises TangledError when there are too many ways.
    """
    steps = Steps()
    reached = _Reached(drawing)
    for node, label in drawing.labels.items():
        if not label:
            continue
        for successor, line in reached.steps_after(node):
            target = drawing.labels[successor]
            if target == label:
                steps.loops += 1
            else:
                steps.edges.setdefault((label, target), line)
    return steps


def refuse_none(edges: TableDraft, shown: str, draft: Draft) -> None:
    """A fault where everything was read, nothing was wrong with it, and it holds no edge."""
    if not len(edges) and not draft.faults.found:
        message = "no edges: no step of any process leads to another; are the steps named, and the flows drawn?"
        draft.faults.add(shown, 0, "", message)


class _Reached:
    def __init__(self, drawing: Drawing) -> None:
        self._labels: Mapping[str, str] = drawing.labels
        self._flows: Mapping[str, Mapping[str, int]] = drawing.flows
        self._visits = 0

    def steps_after(self, node: str) -> Iterator[tuple[str, int]]:
        """Steps in the order in which they are met, each once, with the line of the flow that leaves `node`."""
        seen: set[str] = set()
        pending = list(reversed(list(self._flows.get(node, {}).items())))
        while pending:
            after, line = pending.pop()
            self._visits += 1
            if self._visits > MOST_VISITS:
                raise TangledError(f"too tangled: more than {MOST_VISITS} nodes on the ways between its steps")
            if after in seen or after not in self._labels:
                continue
            seen.add(after)
            if self._labels[after]:
                yield after, line
            else:
                pending += [(further, line) for further in reversed(list(self._flows.get(after, {})))]
