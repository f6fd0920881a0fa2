"""What mteb knows of its tasks, benchmarks and models, read once per version and kept in the cache.

A file of lines, `section TAB name TAB JSON`, after a line with the digest of all others. Only what is asked for is
taken out of its JSON: a task of 2,087, one of which has 41,412 subsets.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from secrets import token_hex
from typing import TYPE_CHECKING, Any, TypeVar

from harness.interop.mteb import door

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

FORMAT = 2
"""Raised when what is kept changes."""
V = TypeVar("V")


@dataclass(frozen=True)
class Entry:
    """A task of mteb's registry. languages: of each subset, as zho-Hans. members: of an aggregate task.

    superseded_by: the name of a newer version of it, empty where there is none. hidden: private, or not finished.
    """

    name: str
    type: str
    languages: Mapping[str, Sequence[str]]
    domains: Sequence[str]
    modalities: Sequence[str]
    splits: Sequence[str]
    main_score: str
    path: str
    revision: str
    licence: str
    superseded_by: str = ""
    hidden: bool = False
    members: Sequence[str] = ()

    @property
    def subsets(self) -> Sequence[str]:
        """The names of its subsets, `default` where it has one only."""
        return tuple(self.languages)


@dataclass(frozen=True)
class Member:
    """A task in a benchmark, with the part of it that the benchmark takes. subsets: none stands for all of them."""

    task: str
    subsets: Sequence[str]
    splits: Sequence[str]


@dataclass(frozen=True)
class Registry:
    """trained_on: model → the tasks that it was trained on; a model that does not tell is absent.

    aliases: a former or another name of a benchmark → its name.
    """

    version: str
    tasks: Mapping[str, Entry]
    benchmarks: Mapping[str, Sequence[Member]]
    trained_on: Mapping[str, Sequence[str]] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)


class Kept(Mapping[str, V]):
    """Values by name, each taken out of its JSON when it is asked for."""

    def __init__(self, lines: Mapping[str, str], read: Callable[[Any], V]) -> None:
        self._lines, self._read = lines, read

    def __getitem__(self, name: str) -> V:
        return self._read(json.loads(self._lines[name]))

    def __contains__(self, name: object) -> bool:
        return name in self._lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def read_registry(cache: Path) -> Registry:
    """The registry of the mteb that is installed. cache: the folder in which it is kept. Raises MissingExtraError."""
    version = door.version()
    file = cache / "mteb" / f"registry-{FORMAT}-{version}.tsv"
    try:
        return _from_text(file.read_text(encoding="utf-8"), version)
    except (OSError, ValueError):  # not there yet, or damaged
        made = _from_mteb()
    _keep(file, made)
    return made


def kept_registry(cache: Path) -> Registry | None:
    """The registry without mteb, as it was last kept in the cache; None where it never was."""
    prefix = f"registry-{FORMAT}-"
    files = sorted((cache / "mteb").glob(f"{prefix}*.tsv"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files:
        with suppress(OSError, ValueError):
            return _from_text(file.read_text(encoding="utf-8"), file.stem.removeprefix(prefix))
    return None


def _from_mteb() -> Registry:
    mteb = door.module()
    with door.undisturbed():
        tasks = mteb.get_tasks(exclude_superseded=False, exclude_private=False, exclude_beta=False)
        benchmarks = mteb.get_benchmarks()
        return Registry(
            version=door.version(),
            tasks={task.metadata.name: _entry(task) for task in tasks},
            benchmarks={one.name: [_member(task) for task in one.tasks] for one in benchmarks},
            trained_on=_trained_on(mteb.get_model_metas()),
            aliases={alias: one.name for one in benchmarks for alias in one.aliases or ()},
        )


def _entry(task: Any) -> Entry:
    data = task.metadata
    return Entry(
        name=data.name,
        type=data.type,
        languages={subset: list(languages) for subset, languages in data.hf_subsets_to_langscripts.items()},
        domains=sorted(data.domains or ()),
        modalities=list(data.modalities),
        splits=list(data.eval_splits),
        main_score=data.main_score,
        path=str(data.dataset.get("path", "")),
        revision=str(data.dataset.get("revision", "")),
        licence=str(data.license or "not stated"),
        superseded_by=task.superseded_by or "",
        hidden=data.is_beta or data.is_public is False,
        members=[one.metadata.name for one in getattr(task, "tasks", ())],
    )


def _member(task: Any) -> Member:
    whole = list(task.hf_subsets) == list(task.metadata.hf_subsets)
    return Member(task.metadata.name, [] if whole else list(task.hf_subsets), list(task.eval_splits))


def _trained_on(metas: Sequence[Any]) -> dict[str, list[str]]:
    """With the tasks that share data with those that a model names, as mteb counts them."""
    found = ((meta.name, meta.get_training_datasets()) for meta in metas)
    return {name: sorted(tasks) for name, tasks in found if name and tasks is not None}


def _from_text(text: str, version: str) -> Registry:
    """Raises ValueError where it is not what `_text` made."""
    digest, _, body = text.partition("\n")
    if digest != _digest(body):
        raise ValueError("damaged")
    sections: dict[str, dict[str, str]] = {"task": {}, "benchmark": {}, "model": {}, "alias": {}}
    for line in body.split("\n")[:-1]:
        section, name, plain = line.split("\t", 2)
        sections[section][name] = plain
    return Registry(
        version=version,
        tasks=Kept(sections["task"], lambda plain: Entry(**plain)),
        benchmarks=Kept(sections["benchmark"], lambda members: [Member(**member) for member in members]),
        trained_on=Kept(sections["model"], list),
        aliases=Kept(sections["alias"], str),
    )


def _text(registry: Registry) -> str:
    sections: dict[str, Mapping[str, Any]] = {
        "task": {name: asdict(entry) for name, entry in registry.tasks.items()},
        "benchmark": {name: list(map(asdict, members)) for name, members in registry.benchmarks.items()},
        "model": registry.trained_on,
        "alias": registry.aliases,
    }
    body = "".join(
        f"{section}\t{name}\t{json.dumps(plain, separators=(',', ':'))}\n"
        for section, values in sections.items()
        for name, plain in values.items()
    )
    return f"{_digest(body)}\n{body}"


def _digest(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"


def _keep(file: Path, registry: Registry) -> None:
    """All at once, so that another process never reads half of it. A cache that cannot be written costs time only."""
    half = file.with_name(f".registry-{token_hex(8)}")
    with suppress(OSError):  # it cannot be written, or the disk is full
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            half.write_text(_text(registry), encoding="utf-8", newline="\n")
            half.replace(file)
        finally:
            half.unlink(missing_ok=True)
