"""What an import is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from harness import plugins
from harness.errors import Faults, UsageError

Rows: TypeAlias = Iterator[tuple[int, Mapping[str, Any]]]
"""Rows as mappings from column to value, each after its 1-based line, or number where the source has no lines."""


class Source(NamedTuple):
    """Rows that can be had: the name that faults give them, and a function that begins to read them."""

    shown: str
    rows: Callable[[Faults], Rows]


@dataclass(frozen=True)
class Request:
    """A source, its format, and what its format needs to know.

    options: those that were given, of those that `FORMATS` names. sources: rows by table that somebody else reads;
    "" stands for the table that the mapping names. parameters, metrics, title and licence: for the suite.yaml;
    without metrics it gets those that are usual for the kind.
    """

    format: str
    source: str
    options: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    metrics: tuple[str, ...] = ()
    title: str = ""
    licence: str = ""

    @property
    def path(self) -> Path:
        """The source as a file or a folder. Raises UsageError when there is none."""
        return existing(Path(self.source))

    def mapping(self, several: str = "") -> dict[str, str]:
        """--map field=column as a mapping; the first column of the field `several`, which may be given more than once.

        Raises UsageError for one that is none, or a field that is given twice.
        """
        return assignments("--map", self.options.get("map", ()), several)

    def columns(self, field: str) -> tuple[str, ...]:
        """Every column that --map gives a field, in order, each once."""
        given = (text.partition("=") for text in self.options.get("map", ()))
        return tuple(dict.fromkeys(column for name, _, column in given if name.strip() == field))


def existing(path: Path) -> Path:
    """The path itself, once ~ is resolved. Raises UsageError when nothing is there."""
    try:
        found = path.expanduser()
        if found.exists():
            return found
    except (OSError, RuntimeError, ValueError):  # a name too long, ~ of a user who does not exist, a NUL in the name
        pass
    raise UsageError(f"there is no {shown(path)}: check the path")


def assignments(option: str, given: Any, several: str = "") -> dict[str, str]:
    """`name=value` texts as a mapping; the first value of the name `several`.

    Raises UsageError for one without `=`, or another name that is given twice.
    """
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (name.strip() and equals and value):
            raise UsageError(f"{option} {text!r} is no assignment: write {option} NAME=VALUE")
        if found.setdefault(name.strip(), value) != value and name.strip() != several:
            raise UsageError(f"{option} {name.strip()} is given twice, with different values")
    return found


def shown(path: Path) -> str:
    """A path as it can be printed: a file name may hold bytes that no text has."""
    return str(path).encode(errors="replace").decode()


def task(kind: str) -> Any:
    """The task class of a kind. Raises UsageError when there is none."""
    if not kind:
        raise UsageError(f"--kind is missing: one of {', '.join(sorted(plugins.names('tasks')))}")
    return plugins.find("tasks", kind)


def parameters(given: Any) -> dict[str, Any]:
    """--parameter name=value, with values as YAML has them: true, false, numbers, or else text. Raises UsageError."""
    return {name: _value(text) for name, text in assignments("--parameter", given).items()}


def _value(text: str) -> Any:
    if text in {"true", "false"}:
        return text == "true"
    for read in (int, float):
        with suppress(ValueError):
            return read(text)
    return text
