"""BPMN 2.0 XML → processes: which step can directly follow which.

Steps are tasks and other activities, and events that have a name. Gateways and events without a name only route: the
successors of a step are the steps that its sequence flows reach through them. A subprocess that is drawn out is
replaced by what is in it: flows into it go to its first nodes, flows out of it leave its last ones; one that is not
drawn out is a step. An event at the border of an activity follows that activity. Event subprocesses and what
compensates for an activity lie beside the flow: the subprocess around them neither begins nor ends with them.

Every pool is a process of its own, called like its participant, else like itself, else like its file. Lanes say who
works, not what follows, and are not read. Message flows lead from one process into another, so they are no edges.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.catalogue.importers.contraction import Drawing, TangledError, contracted, normalised, refuse_none, unique
from harness.catalogue.importers.reading import files_in, stem
from harness.catalogue.importers.request import Request, shown
from harness.catalogue.importers.safe_xml import read_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.catalogue.importers.draft import Draft, TableDraft

SUFFIXES = (".bpmn", ".bpmn2", ".xml")
ACTIVITIES = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "callActivity",
    }
)
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway"})
_IN, _OUT = "\0in", "\0out"
NODES = ACTIVITIES | SUBPROCESSES | EVENTS | GATEWAYS


@dataclass
class Node:
    """A node as drawn. within: the subprocess that it is in, or "". host: the activity at whose border it is.

    beside: it is no part of the flow around it: an event subprocess, or something that compensates.
    """

    tag: str
    name: str
    within: str
    host: str = ""
    beside: bool = False


@dataclass
class Model:
    """One process: its nodes by id, and its sequence flows as (source, target, line)."""

    id: str
    name: str
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[tuple[str, str, int]] = field(default_factory=list)


@dataclass
class Diagram:
    """A file: its processes, the names of its pools by process, and how many message flows it has."""

    models: list[Model] = field(default_factory=list)
    pools: dict[str, str] = field(default_factory=dict)
    messages: int = 0
    _last: Node | None = None
    _within: list[str] = field(default_factory=list)

    def begin(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        """An element begins; `subProcess` within `subProcess` is kept track of."""
        if name == "process":
            self.models.append(Model(attributes.get("id", ""), normalised(attributes.get("name", ""))))
            self._within = []
        elif name == "participant" and attributes.get("processRef"):
            self.pools[attributes["processRef"].rpartition(":")[2]] = normalised(attributes.get("name", ""))
        elif name == "messageFlow":
            self.messages += 1
        elif self.models and name == "sequenceFlow":
            self.models[-1].flows.append((attributes.get("sourceRef", ""), attributes.get("targetRef", ""), line))
        elif self.models and name in NODES:
            self._add(name, attributes)
        elif self._last and self._last.host and name == "compensateEventDefinition":
            self._last.beside = True

    def _add(self, name: str, attributes: Mapping[str, str]) -> None:
        within = self._within[-1] if self._within else ""
        beside = "true" in {attributes.get("triggeredByEvent"), attributes.get("isForCompensation")}
        label = normalised(attributes.get("name", ""))
        self._last = Node(name, label, within, attributes.get("attachedToRef", ""), beside)
        self.models[-1].nodes.setdefault(attributes.get("id", ""), self._last)
        if name in SUBPROCESSES:
            self._within.append(attributes.get("id", ""))

    def end(self, name: str) -> None:
        """An element ends."""
        if name in SUBPROCESSES and self._within:
            self._within.pop()


def read(asked: Request, draft: Draft) -> None:
    """Write the table edges.

    Left out, and counted: steps that lead to themselves, processes without an edge, flows without a node at an end.
    """
    draft.kind = "process"
    target = draft.table("edges", asked.source)
    taken: set[str] = set()
    for file in files_in(asked.path, SUFFIXES):
        diagram = Diagram()
        if not read_xml(file, diagram.begin, diagram.end, draft.faults):
            continue
        if not diagram.models:
            draft.faults.add(shown(file), 0, "", "no process: the file holds no BPMN 2.0 <process>")
        draft.note(diagram.messages, f"message flows of {shown(file)} left out: they lead into another process")
        for model in diagram.models:
            name = unique(diagram.pools.get(model.id) or model.name or stem(file), model.id, taken)
            _write(model, name, (shown(file), target), draft)
    refuse_none(target, asked.source, draft)


def _write(model: Model, name: str, places: tuple[str, TableDraft], draft: Draft) -> None:
    file, target = places
    try:
        steps = contracted(drawing(model))
    except TangledError as error:
        draft.faults.add(file, 0, name, str(error))
        return
    for (source, after), line in steps.edges.items():
        target.add({"process": name, "source": source, "target": after}, file, line)
    loose = [flow for flow in model.flows if not {*flow[:2]} <= model.nodes.keys()]
    ends = dict.fromkeys(repr(end) for flow in loose for end in flow[:2] if end not in model.nodes)
    draft.note(len(loose), f"flows of {name} left out: what they lead from or to is no node: {', '.join([*ends][:3])}")
    draft.note(steps.loops, f"steps of {name} that lead to themselves: left out")
    if not steps.edges:
        draft.notes.append(f"process {name} left out: no step in it leads to another")


def drawing(model: Model) -> Drawing:
    """The process without its subprocesses: nodes, their labels, and flows.

    A flow into a subprocess leads on to each node that nothing in it leads to, and from each that leads nowhere one
    leads out of it; to and from all of them where they go round.
    """
    inner: dict[str, list[str]] = {}
    for key, node in model.nodes.items():
        if node.within:
            inner.setdefault(node.within, []).append(key)
    flat = Drawing({key: _label(node, drawn_out=key in inner) for key, node in model.nodes.items()})
    hosted = [(node.host, key, 0) for key, node in model.nodes.items() if node.host]
    for source, target, line in [*model.flows, *hosted]:
        flat.connect(_door(source, _OUT, inner), _door(target, _IN, inner), line)
    left, entered = {source for source, _, _ in model.flows}, {target for _, target, _ in model.flows}
    for outer, nodes in inner.items():
        part = [key for key in nodes if not model.nodes[key].beside]
        hosts = {key for key in part if model.nodes[key].host}
        for key in [key for key in part if key not in entered | hosts] or part:
            flat.connect(outer + _IN, _door(key, _IN, inner), 0)
        for key in [key for key in part if key not in left] or part:
            flat.connect(_door(key, _OUT, inner), outer + _OUT, 0)
        flat.labels.update({outer + _IN: "", outer + _OUT: ""})
    return flat


def _door(key: str, door: str, inner: Mapping[str, list[str]]) -> str:
    """Where a flow arrives or leaves: a subprocess that is drawn out has a door in and a door out."""
    return key + door if key in inner else key


def _label(node: Node, *, drawn_out: bool) -> str:
    return "" if node.tag in GATEWAYS or drawn_out else node.name
