"""Process proximity: is a step of a process nearer to its next step than to the others?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from harness.metrics.graph import Claims, Layout, Layouts, Neighbourhoods
from harness.metrics.ranking import Ranked, Relevant, ranked
from harness.model import Column, Finding, Floats, Table, TableShape, Texts, Vectors
from harness.search import COSINE, best_of
from harness.statistics.mantel import PERMUTATIONS, mantel
from harness.tasks.graphs import Claim, Graph, read_claims, read_graphs
from harness.tasks.lines import lines, themselves

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from harness.errors import Faults
    from harness.model import Similarity


@dataclass(frozen=True)
class Process:
    """Processes as directed graphs of steps, with optional near/not-near judgements.

    A step is embedded as a query and as a document, so that a model with prompts is asked "what comes next?". Four
    things are judged:

    - next steps (`Ranked`): a step with successors ranks all other step labels of the suite. A label that several
      processes use has the successors of all of them;
    - the layout of each process (`Layouts`): hops against distances, edges against other pairs, direction;
    - the neighbourhood of each step (`Neighbourhoods`): do other processes mix in?
    - near/not-near judgements (`Claims`): `a near b` holds when b is nearer to a than the steps not adjacent to a are
      on average; `a not-near b` holds when b is farther from a than the steps adjacent to a are on average.
    """

    graphs: Sequence[Graph]
    claims: Sequence[Claim]
    labels: Sequence[str]
    depth: int

    kind: ClassVar[str] = "process"
    version: ClassVar[int] = 1
    tables: ClassVar[Mapping[str, TableShape]] = {
        "edges": TableShape({"process": Column("label"), "source": Column("text"), "target": Column("text")}),
        "judgements": TableShape(
            {
                "process": Column("label"),
                "source": Column("text"),
                "target": Column("text"),
                "judgement": Column("label", choices=("near", "not-near")),
            },
            required=False,
        ),
    }
    parameters: ClassVar[Mapping[str, Any]] = {}
    yields: ClassVar[tuple[type[Any], ...]] = (Ranked, Layouts, Neighbourhoods, Claims)

    @classmethod
    def read(cls, tables: Mapping[str, Table], parameters: Mapping[str, Any], depth: int, faults: Faults) -> Self:
        """See `Task.read`. Faults: a loop on one step, an edge given twice, a judgement on an unknown step."""
        del parameters
        graphs = read_graphs(tables["edges"], faults)
        claims = read_claims(tables["judgements"], graphs, faults) if "judgements" in tables else []
        labels = sorted({label for graph in graphs for label in graph.labels}, reverse=True)
        return cls(graphs=graphs, claims=claims, labels=labels, depth=depth)

    def texts(self) -> Mapping[str, Texts]:
        """Every distinct label, in both roles."""
        return {"sources": Texts(self.labels, "query"), "targets": Texts(self.labels, "document")}

    def judge(
        self, vectors: Mapping[str, Vectors], similarity: Similarity = COSINE
    ) -> tuple[Ranked, Layouts, Neighbourhoods, Claims]:
        """All four conclusions from one similarity of every label as a query with every label as a document.

        It is held whole: labels² numbers, 200 MB for 5,000 labels.
        """
        # Rounded to what float32 vectors can tell: equal similarities must be equal numbers.
        nearness = np.round(similarity.matrix(vectors["sources"], vectors["targets"]), 6)
        layouts = self._layouts(nearness)
        return (
            self._next_steps(nearness),
            layouts,
            self._neighbourhoods((nearness + nearness.T) / 2),
            self._claims(layouts),
        )

    def findings(self, judged: Mapping[type[Any], Any], random: np.random.Generator) -> tuple[Finding, ...]:
        """The Mantel p of hop_spearman over all processes and of each, and whether direction can be told."""
        layouts: Layouts = judged[Layouts]
        tested = mantel([layout.rank_matrices for layout in layouts.layouts], random)
        note = f"hop_spearman above 0; {PERMUTATIONS} permutations of the steps within each process"
        found = [Finding("mantel_p", tested.overall, note)]
        found += [Finding("mantel_p", p, note, name) for name, p in zip(layouts.ids, tested.each, strict=True)]
        if all(layout.symmetric for layout in layouts.layouts):
            found.append(Finding("direction", None, "n/a: symmetric"))
        return tuple(found)

    def answers(self, judged: Mapping[type[Any], Any]) -> Mapping[str, str]:
        """The label that is nearest to a step."""
        steps: Ranked = judged[Ranked]
        found = zip(steps.ids, steps.first.tolist(), strict=True)
        return {step: self.labels[place] for step, place in found if place >= 0}

    def item_lines(self, ids: Iterable[str]) -> Mapping[str, str]:
        """A step → the steps that come next; a judgement on two steps."""
        steps = [(graph.process, label) for graph in self.graphs for label in graph.labels]
        following = [" | ".join(self._successors.get(label, ())) for _, label in steps]
        shown = [f"{label} → {after}" if after else label for (_, label), after in zip(steps, following, strict=True)]
        claims = [(claim.process, f"{claim.source} {claim.judgement} {claim.target}") for claim in self.claims]
        return lines(ids, _names(steps)[0], shown) | lines(ids, _names(claims)[0], [text for _, text in claims])

    def answer_lines(self, answers: Iterable[str]) -> Mapping[str, str]:
        """The labels themselves."""
        return themselves(answers)

    @cached_property
    def _position(self) -> Mapping[str, int]:
        return {label: place for place, label in enumerate(self.labels)}

    @cached_property
    def _successors(self) -> Mapping[str, Collection[str]]:
        """Label → the labels that come next, in whichever process."""
        successors: dict[str, dict[str, None]] = {}
        for graph in self.graphs:
            for source, target in graph.edges:
                successors.setdefault(source, {})[target] = None
        return successors

    def _next_steps(self, similarity: Floats) -> Ranked:
        following = self._successors
        asked = [(graph.process, label) for graph in self.graphs for label in graph.labels if label in following]
        own = np.array([self._position[label] for _, label in asked], dtype=np.intp)
        places = [sorted(self._position[target] for target in following[label]) for _, label in asked]
        relevant = Relevant.of([dict.fromkeys(of_step, 1.0) for of_step in places])
        pool = np.full(len(asked), len(self.labels) - 1)
        return ranked(_names(asked), best_of(similarity[own], self.depth + 1), relevant, pool, own)

    def _layouts(self, similarity: Floats) -> Layouts:
        layouts = []
        for graph in self.graphs:
            rows = [self._position[label] for label in graph.labels]
            layouts.append(Layout(graph.hops, graph.adjacency, similarity[np.ix_(rows, rows)], graph.spelling))
        return Layouts([graph.process for graph in self.graphs], layouts)

    def _neighbourhoods(self, nearness: Floats) -> Neighbourhoods:
        """Nearest by the mean of both directions, as in `Layout.pairs`: purity is no question of roles."""
        others = nearness.copy()
        np.fill_diagonal(others, -np.inf)
        nearest = best_of(others, min(self.depth, len(self.labels) - 1)).indices
        steps, same, chance = [], [], []
        for graph in self.graphs:
            members = np.zeros(len(self.labels), dtype=bool)
            members[[self._position[label] for label in graph.labels]] = True
            steps += [(graph.process, label) for label in graph.labels]
            same += [members[nearest[self._position[label]]] for label in graph.labels]
            chance += [(len(graph.labels) - 1) / (len(self.labels) - 1)] * len(graph.labels)
        return Neighbourhoods(*_names(steps), np.array(same), np.array(chance))

    def _claims(self, layouts: Layouts) -> Claims:
        holding = {
            graph.process: (graph.labels.index, _holding(layout))
            for graph, layout in zip(self.graphs, layouts.layouts, strict=True)
        }
        names, held = [], []
        for claim in self.claims:
            place, of_judgement = holding[claim.process]
            names.append((claim.process, f"{claim.source} {claim.judgement} {claim.target}"))
            held.append(of_judgement[claim.judgement][place(claim.source), place(claim.target)])
        return Claims(*_names(names), np.array(held, dtype=np.float64))


def _names(items: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Ids and groups of things that belong to a process; a slash in a name cannot be taken for the one between."""
    ids = ["/".join(part.replace("/", "//") for part in item) for item in items]
    return ids, [process for process, _ in items]


def _holding(layout: Layout) -> Mapping[str, Floats]:
    """By judgement, 1 where it holds, 0 where it does not, NaN where there is no other step to compare with; s × s."""
    near = layout.nearness
    adjacent = layout.hops == 1
    distant = ~adjacent & ~np.eye(len(near), dtype=bool)
    of_distant, of_adjacent = _mean_of_others(near, distant), _mean_of_others(near, adjacent)
    return {
        "near": np.where(np.isnan(of_distant), np.nan, near > of_distant),
        "not-near": np.where(np.isnan(of_adjacent), np.nan, near < of_adjacent),
    }


def _mean_of_others(near: Floats, among: NDArray[np.bool_]) -> Floats:
    """The mean of a step's nearness to the steps `among`, without the step of the column itself; NaN of none."""
    rest = among.sum(axis=1, keepdims=True) - among
    total = np.where(among, near, 0.0).sum(axis=1, keepdims=True) - np.where(among, near, 0.0)
    return np.where(rest > 0, np.round(total / np.maximum(rest, 1), 9), np.nan)
