"""Processes, one JSON object a line → their edges.

Either an object lists pairs of step names,

    {"name": "档案借阅申请", "follows": [["借阅申请", "档案室审批"], ["档案室审批", "借阅确认"]]}
    --map process=name --map edges=follows

or nodes and the flows between them, where nodes that are no steps (--step-type says which are) only route:

    {"name": "…", "nodes": [{"id": "a1", "type": "userTask", "label": "借阅申请"}, {"id": "xor1", "type": "place"}, …],
     "flows": [["a1", "xor1", ""], …]}
    --map process=name --map nodes=nodes --map edges=flows --step-type userTask

A flow is a list, whose first two items are meant, or an object: `--map edge.source=from --map edge.target=to`. A node
is an object: `--map node.id=…`, `node.label`, `node.type`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.catalogue.importers.contraction import Drawing, TangledError, contracted, normalised, refuse_none
from harness.catalogue.importers.encodings import encoding_of
from harness.catalogue.importers.reading import table
from harness.catalogue.rowfaults import row_fault
from harness.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.catalogue.importers.draft import Draft
    from harness.catalogue.importers.request import Request

DEFAULTS: Mapping[str, str] = {
    "process": "process",
    "edges": "edges",
    "edge.source": "source",
    "edge.target": "target",
    "nodes": "",
    "node.id": "id",
    "node.label": "label",
    "node.type": "type",
}
"""The fields that can be mapped, and what they are called where they are not. No nodes: edges name the steps."""
ENDS = ("edge.source", "edge.target")


class _ShapeError(ValueError):
    """key: of the object, what is wrong."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def read(asked: Request, draft: Draft) -> None:
    """Write the table edges. Left out, and counted: steps that lead to themselves, edges given twice.

    Raises UsageError for a mapping that cannot be meant.
    """
    mapping = _mapping(asked)
    types = tuple(asked.options.get("step_type", ()))
    source = table(asked.path, "jsonl", encoding=encoding_of(asked))
    draft.kind = "process"
    target = draft.table("edges", source.shown)
    met: dict[str, int] = {}
    loops = 0
    for line, row in source.rows(draft.faults):
        try:
            name = _name(row, mapping, met, line)
            steps = contracted(_drawing(row, mapping, types))
        except (_ShapeError, TangledError) as error:
            row_fault(draft.faults, source.shown, line, getattr(error, "key", ""), str(error))
            continue
        loops += steps.loops
        for begin, end in steps.edges:
            target.add({"process": name, "source": begin, "target": end}, source.shown, line)
        if not steps.edges:
            draft.notes.append(f"process {name!r} left out: no step in it leads to another")
    draft.note(loops, "steps that lead to themselves left out")
    if met:
        refuse_none(target, source.shown, draft)


def _mapping(asked: Request) -> dict[str, str]:
    given = asked.mapping()
    for field in given:
        if field not in DEFAULTS:
            raise UsageError(
                f"--map {field}: there is no such field. {nearest(field, DEFAULTS)}Fields: {', '.join(DEFAULTS)}"
            )
    mapping = {**DEFAULTS, **given}
    if asked.options.get("step_type") and not mapping["nodes"]:
        raise UsageError("--step-type says which nodes are steps: name the list of nodes with --map nodes=KEY")
    return mapping


def _name(row: Mapping[str, Any], mapping: Mapping[str, str], met: dict[str, int], line: int) -> str:
    key = mapping["process"]
    name = normalised(_text(row.get(key), key, "a process has a name"))
    if not name:
        raise _ShapeError(key, f"no name: the object has {', '.join(row)}; name another with --map process=KEY")
    if met.setdefault(name, line) != line:
        raise _ShapeError(
            key, f"process given twice: {name!r} stands in line {met[name]} already; map a key that tells"
        )
    return name


def _drawing(row: Mapping[str, Any], mapping: Mapping[str, str], types: tuple[str, ...]) -> Drawing:
    drawn = Drawing()
    for node in _items(row, mapping["nodes"]) if mapping["nodes"] else ():
        if not isinstance(node, dict):
            raise _ShapeError(mapping["nodes"], "not an object: a node is one, with an id and a label")
        key = _text(node.get(mapping["node.id"]), mapping["node.id"], "a node has an id")
        is_step = not types or node.get(mapping["node.type"]) in types
        label = node.get(mapping["node.label"])
        drawn.labels[key] = normalised(label) if is_step and isinstance(label, str) else ""
    for source, target in _edges(row, mapping):
        for end in (source, target):
            if mapping["nodes"] and end not in drawn.labels:
                raise _ShapeError(mapping["edges"], f"absent node: {end!r} is not among the {mapping['nodes']}")
            drawn.labels.setdefault(end, normalised(end))
        drawn.connect(source, target, 0)
    return drawn


def _edges(row: Mapping[str, Any], mapping: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    key = mapping["edges"]
    for edge in _items(row, key):
        if isinstance(edge, list) and len(edge) >= len(ENDS):
            ends = edge[: len(ENDS)]
        elif isinstance(edge, dict) and all(mapping[end] in edge for end in ENDS):
            ends = [edge[mapping[end]] for end in ENDS]
        else:
            keys = " and ".join(mapping[end] for end in ENDS)
            raise _ShapeError(key, f"not an edge: a list of two, or an object with {keys}; see --map edge.source=KEY")
        source, target = (_text(end, key, "the end of an edge is a text") for end in ends)
        yield source, target


def _items(row: Mapping[str, Any], key: str) -> list[Any]:
    if isinstance(row.get(key), list):
        return list(row[key])
    raise _ShapeError(key, f"no list: the object has {', '.join(row)}; see --map")


def _text(value: Any, key: str, rule: str) -> str:
    if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
        return str(value)
    raise _ShapeError(key, f"not a text: {rule}; see --map")
