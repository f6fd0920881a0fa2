"""suite.yaml → Declaration. Data only: no code, no templates, no include, no environment variables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from harness.catalogue.locate import DECLARATION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.errors import Faults

SHAPES: Mapping[str, tuple[type, str]] = {
    "title": (str, "a text"),
    "licence": (str, "a text"),
    "task": (str, "a text"),
    "tables": (dict, "a mapping {name: file}"),
    "metrics": (list, "a list [first, second]"),
    "parameters": (dict, "a mapping {name: value}"),
    "description": (str, "a text"),
    "notes": (list, "a list of texts"),
}
"""The keys, and what each must be."""
REQUIRED = ("title", "task", "tables", "metrics")
TABLE_KEYS = ("file", "columns")
LONGEST = 256 * 1024
"""Bytes of a suite.yaml. What is longer is data, and belongs in a table."""
BROKEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no terminal, file name or database takes: YAML can escape it."""


@dataclass(frozen=True)
class TableSource:
    """Where a table is, relative to the suite.

    columns: our name → the file's name, for columns that the file has under another name.
    """

    file: str
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Declaration:
    """What a suite.yaml says.

    tables: None stands for a table whose declaration has a fault. lines: the 1-based line of each key,
    `tables.corpus` for a key in a key, `metrics[0]` for an item of a list.
    """

    title: str
    task: str
    tables: Mapping[str, TableSource | None]
    metrics: tuple[str, ...]
    licence: str = "not stated"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)


def read_declaration(folder: Path, faults: Faults) -> Declaration | None:
    """Read folder/suite.yaml. None when it does not even say which tables of which kind there are."""
    text = _read(folder / DECLARATION, faults)
    if text is None:
        return None
    try:
        root = yaml.compose(text, Loader=_PlainLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        faults.add(DECLARATION, mark.line + 1 if mark else 0, "", f"not plain YAML: {problem}")
        return None
    except RecursionError:
        faults.add(DECLARATION, 0, "", "not plain YAML: nested too deeply")
        return None
    if not isinstance(root, yaml.MappingNode):
        faults.add(DECLARATION, 0, "", f"no mapping: a suite.yaml has the keys {', '.join(SHAPES)}")
        return None
    lines: dict[str, int] = {}
    values = _plain(root, "", lines, faults)
    return _declaration(values, lines, faults)


def _read(file: Path, faults: Faults) -> str | None:
    try:
        with file.open("rb") as stream:
            raw = stream.read(LONGEST + 1)
        if len(raw) <= LONGEST:
            return raw.decode("utf-8-sig")
        faults.add(DECLARATION, 0, "", f"too long: more than {LONGEST // 1024} KiB; data belongs in a table")
    except UnicodeDecodeError:
        faults.add(DECLARATION, 0, "", "not UTF-8: convert the file to UTF-8")
    except OSError as error:
        faults.add(DECLARATION, 0, "", f"cannot be read: {error.strerror}")
    return None


class _PlainLoader(yaml.SafeLoader):
    """Refuses aliases, a few of which can stand for billions of values, and tags, which ask for objects."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose the next node. Raises YAMLError with the line of an alias or a tag."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML leaves it so
        problem = ""
        if isinstance(event, yaml.AliasEvent):
            problem = "an alias (*name) is used; write the value out"
        elif getattr(event, "tag", None) is not None:
            problem = "a tag (!name) is used; a suite is plain data"
        if problem:
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
        return super().compose_node(parent, index)


def _plain(node: yaml.Node, path: str, lines: dict[str, int], faults: Faults) -> Any:
    """The node as plain Python values; notes the line of every key and refuses a key given twice."""
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, faults)
    if isinstance(node, yaml.SequenceNode):
        places = [f"{path}[{number}]" for number in range(len(node.value))]
        lines.update((place, item.start_mark.line + 1) for place, item in zip(places, node.value, strict=True))
        return [_plain(item, place, lines, faults) for place, item in zip(places, node.value, strict=True)]
    return _scalar(node, path, faults)


def _mapping(node: yaml.MappingNode, path: str, lines: dict[str, int], faults: Faults) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            faults.add(DECLARATION, line, path, "not a key: a key is a text")
            continue
        key = _word(key_node, path, faults)
        inner = f"{path}.{key}".lstrip(".")
        if key in values:
            faults.add(DECLARATION, line, inner, "key given twice")
        lines[inner] = line
        values[key] = _plain(value_node, inner, lines, faults)
    return values


def _scalar(node: yaml.Node, path: str, faults: Faults) -> Any:
    """A text, number, boolean or null. Whatever else YAML sees in a word, a date for one, is a text here."""
    kind = node.tag.rpartition(":")[2]
    if kind in {"int", "float", "bool", "null"}:
        try:
            return yaml.constructor.SafeConstructor().construct_object(node)
        except ValueError:  # 0x_ passes for a number with YAML's own pattern
            return node.value
    return _word(node, path, faults)


def _word(node: yaml.Node, path: str, faults: Faults) -> str:
    if BROKEN.search(node.value):
        message = "broken character: neither control characters nor half a surrogate pair may be used"
        faults.add(DECLARATION, node.start_mark.line + 1, path, message)
        return ascii(node.value)
    return str(node.value)


def _declaration(values: Mapping[str, Any], lines: Mapping[str, int], faults: Faults) -> Declaration | None:
    _check_keys(values, tuple(SHAPES), "", lines, faults)
    good: dict[str, Any] = {}
    for key, (kind, shape) in SHAPES.items():
        value, line = values.get(key), lines.get(key, 0)
        if isinstance(value, kind) and value:
            good[key] = value
        elif value is not None and value != kind():
            faults.add(DECLARATION, line, key, f"wrong shape: must be {shape}")
        elif key in REQUIRED:
            faults.add(DECLARATION, line, key, f"missing key: a suite.yaml needs {', '.join(REQUIRED)}")
    if "task" not in good or "tables" not in good:
        return None
    return Declaration(
        title=good.get("title", ""),
        task=good["task"],
        tables={name: _source(name, value, lines, faults) for name, value in good["tables"].items()},
        metrics=_metrics(good.get("metrics", []), lines, faults),
        licence=good.get("licence", "not stated"),
        parameters=good.get("parameters", {}),
        notes=_notes(good.get("notes", []), lines, faults),
        lines=lines,
    )


def _metrics(values: list[Any], lines: Mapping[str, int], faults: Faults) -> tuple[str, ...]:
    """The names in their places; one that is none is empty."""
    names = tuple(value if isinstance(value, str) else "" for value in values)
    for place, name in enumerate(names):
        if not name:
            message = "not a name: a metric is a text, as ndcg@10"
            faults.add(DECLARATION, lines[f"metrics[{place}]"], "metrics", message)
    return names


def _notes(values: list[Any], lines: Mapping[str, int], faults: Faults) -> tuple[str, ...]:
    for place, note in enumerate(values):
        if not isinstance(note, str):
            faults.add(DECLARATION, lines[f"notes[{place}]"], "notes", "not a text: a note is a sentence")
    return tuple(map(str, values))


def _source(name: str, value: Any, lines: Mapping[str, int], faults: Faults) -> TableSource | None:
    path = f"tables.{name}"
    if isinstance(value, str) and value:
        return TableSource(value)
    if isinstance(value, dict) and isinstance(value.get("file"), str) and value["file"]:
        _check_keys(value, TABLE_KEYS, path, lines, faults)
        columns = value.get("columns") or {}
        if isinstance(columns, dict) and all(isinstance(theirs, str) for theirs in columns.values()):
            return TableSource(value["file"], columns)
    shape = "queries.jsonl, or {file: queries.jsonl, columns: {text: question}}"
    faults.add(DECLARATION, lines[path], path, f"wrong shape: a table is {shape}")
    return None


def _check_keys(
    values: Mapping[str, Any], known: tuple[str, ...], path: str, lines: Mapping[str, int], faults: Faults
) -> None:
    for key in values:
        if key not in known:
            inner = f"{path}.{key}".lstrip(".")
            faults.add(DECLARATION, lines[inner], inner, f"unknown key: known are {', '.join(known)}")
