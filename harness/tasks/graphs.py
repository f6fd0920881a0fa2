"""Processes as graphs: reading them, hop distances, and how alike their labels are spelled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from harness.errors import Faults
    from harness.model import Floats, Table


@dataclass(frozen=True)
class Graph:
    """One process: its step labels in order of appearance and its directed edges between them."""

    process: str
    labels: Sequence[str]
    edges: Sequence[tuple[str, str]]

    @cached_property
    def spelling(self) -> Floats:
        """How alike the labels are spelled, s × s."""
        return spelling(self.labels)

    @cached_property
    def adjacency(self) -> NDArray[np.bool_]:
        """s × s, true from a step to its successor."""
        place = {label: number for number, label in enumerate(self.labels)}
        matrix = np.zeros((len(place), len(place)), dtype=bool)
        for source, target in self.edges:
            matrix[place[source], place[target]] = True
        return matrix

    @cached_property
    def hops(self) -> Floats:
        """s × s lengths of the shortest paths with directions ignored, inf where there is none."""
        neighbours = self.adjacency | self.adjacency.T
        hops = np.where(np.eye(len(neighbours), dtype=bool), 0.0, np.inf)
        reached = np.eye(len(neighbours), dtype=bool)
        for length in range(1, len(neighbours)):
            reached = (reached @ neighbours) & np.isinf(hops)
            hops[reached] = length
        return hops


@dataclass(frozen=True)
class Claim:
    """Somebody's judgement that two steps of a process belong near each other, or do not."""

    process: str
    source: str
    target: str
    judgement: str


def read_graphs(edges: Table, faults: Faults) -> list[Graph]:
    """The processes in order of appearance. Faults: a loop on one step, an edge given twice."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for row, (process, source, target) in enumerate(_rows(edges, "process", "source", "target")):
        line = edges.lines[row]
        if source == target:
            faults.add(edges.file, line, "target", f"loop: step {source!r} leads to itself")
        elif (source, target) in found.setdefault(process, {}):
            faults.add(edges.file, line, "target", f"edge given twice: {source!r} → {target!r} in {process!r}")
        else:
            found[process][source, target] = None
    return [
        Graph(process, list(dict.fromkeys(label for edge in of_process for label in edge)), list(of_process))
        for process, of_process in found.items()
    ]


def read_claims(judgements: Table, graphs: Sequence[Graph], faults: Faults) -> list[Claim]:
    """The judgements. Faults: an unknown process or step, a step judged against itself, a pair judged twice."""
    known: Mapping[str, set[str]] = {graph.process: set(graph.labels) for graph in graphs}
    seen: set[tuple[str, str, str]] = set()
    claims = []
    for row, values in enumerate(_rows(judgements, "process", "source", "target", "judgement")):
        claim, line = Claim(*values), judgements.lines[row]
        absent = [step for step in (claim.source, claim.target) if step not in known.get(claim.process, ())]
        if claim.process not in known:
            faults.add(judgements.file, line, "process", f"absent process: {claim.process!r} has no edges")
        elif absent:
            faults.add(judgements.file, line, "", f"absent step: {absent[0]!r} is not a step of {claim.process!r}")
        elif claim.source == claim.target:
            faults.add(judgements.file, line, "target", f"judged against itself: step {claim.source!r}")
        elif (claim.process, claim.source, claim.target) in seen:
            faults.add(judgements.file, line, "", f"judged twice: {claim.source!r} and {claim.target!r}")
        else:
            seen.add((claim.process, claim.source, claim.target))
            claims.append(claim)
    return claims


def spelling(labels: Sequence[str]) -> Floats:
    """Jaccard similarity of the labels' sets of character bigrams (of the character, where there is one), s × s."""
    grams = [_bigrams(label) for label in labels]
    place = {gram: number for number, gram in enumerate(sorted(set().union(*grams)))}
    holds = np.zeros((len(labels), len(place)))
    for row, of_label in enumerate(grams):
        holds[row, [place[gram] for gram in of_label]] = 1.0
    shared, sizes = holds @ holds.T, holds.sum(axis=1)
    return np.asarray(shared / np.maximum(sizes[:, None] + sizes - shared, 1.0))


def _bigrams(label: str) -> set[str]:
    text = "".join(label.lower().split())
    return {text[start : start + 2] for start in range(max(1, len(text) - 1))}


def _rows(table: Table, *names: str) -> list[tuple[Any, ...]]:
    return list(zip(*(table.columns[name] for name in names), strict=True))
