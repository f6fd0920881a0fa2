"""`mteb:TASK?split=test&subset=zh` → what is asked for, and the name that a suite goes by."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal, TypeAlias, cast
from urllib.parse import quote, unquote

from harness.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "mteb:"
MODELSCOPE = "modelscope:"
"""How ?data= begins where the data are on ModelScope."""
Protocol: TypeAlias = Literal["ours", "mteb"]
"""Who judges: we, on rows, or mteb's own evaluator."""
PROTOCOLS = ("ours", "mteb")
_PLAIN = " /+():'"
"""Besides letters, digits and -._~: what stands for itself in the value of an option."""


@dataclass(frozen=True)
class Asked:
    """A task or a benchmark by name, and which part of it. Empty: all of it.

    split, subset, language: one, or several parted by commas. language: as zho, or zho-Hans; subsets in any of them.
    data: where the data lie instead of on the hub: a folder, a file, `modelscope:ORGANISATION/DATASET`, or
    `modelscope:` for data sets that are called there as on the hub. Of a benchmark, a folder with one for each task.
    level: of labels in a hierarchy, from 0, the coarsest. rows: at most so many of a table that is sampled.
    """

    name: str
    split: str = ""
    subset: str = ""
    data: str = ""
    protocol: Protocol = "ours"
    level: int = 0
    rows: int = 0
    language: str = ""

    @property
    def on_modelscope(self) -> bool:
        """Whether `data` names a data set of ModelScope."""
        return self.data.startswith(MODELSCOPE)


OPTIONS = tuple(field.name for field in fields(Asked) if field.name != "name")


def is_mteb(text: str) -> bool:
    """Whether a suite goes by the name of one of mteb's tasks, or of several."""
    return text.startswith(PREFIX)


def read_name(text: str) -> Asked:
    """Take `mteb:NAME?option=value&…` apart. Raises UsageError for an unknown option or value."""
    name, _, query = text.removeprefix(PREFIX).partition("?")
    if not name.strip():
        raise UsageError(f"{text!r} names no task: write mteb:SciFact, or mteb:BENCHMARK as in 'mteb:MTEB(cmn, v1)'")
    given: dict[str, str] = {}
    for pair in query.split("&") if query else []:
        key, equals, value = pair.partition("=")
        if key not in OPTIONS:
            raise UsageError(f"{text!r}: unknown option {key!r}. {_meant(key)}Known: {', '.join(OPTIONS)}")
        if not equals or not value or key in given:
            raise UsageError(f"{text!r}: option {key!r} is to be given once, as {key}=VALUE")
        given[key] = unquote(value)
    if given.get("protocol", "ours") not in PROTOCOLS:
        raise UsageError(f"{text!r}: protocol is one of {', '.join(PROTOCOLS)}, not {given['protocol']!r}")
    return Asked(
        name=name.strip(),
        split=given.get("split", ""),
        subset=given.get("subset", ""),
        data=given.get("data", ""),
        protocol=cast("Protocol", given.get("protocol", "ours")),
        level=_whole(text, "level", given.get("level", "0"), 0),
        rows=_whole(text, "rows", given.get("rows", "0"), 0),
        language=given.get("language", ""),
    )


def suite_name(
    task: str, subset: str = "", split: str = "", protocol: str = "", numbers: Mapping[str, int] | None = None
) -> str:
    """`mteb:TASK`, with the parts that tell this suite from others of the task; empty ones are left out.

    numbers: level and rows. `read_name` reads it: what has a meaning there is written as %XX.
    """
    parts = {"subset": subset, "split": split, "protocol": protocol, **(numbers or {})}
    written = "&".join(f"{key}={quote(str(value), safe=_PLAIN)}" for key, value in parts.items() if value)
    return f"{PREFIX}{task}" + (f"?{written}" if written else "")


def _meant(key: str) -> str:
    """What an option may have been meant to be: one of them, or what follows an & within a value."""
    return nearest(key, OPTIONS) or "Within a value, & is written %26. "


def _whole(text: str, key: str, value: str, least: int) -> int:
    if not (value.isascii() and value.isdigit()) or int(value) < least:
        raise UsageError(f"{text!r}: {key} is a whole number from {least}, not {value!r}")
    return int(value)
