"""Which suites `mteb:NAME` stands for, and where in the cache each of them is kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.catalogue.columns import listed
from harness.catalogue.mteb import languages
from harness.catalogue.mteb.local import content_digest, splits_in, subsets_in
from harness.catalogue.mteb.names import MODELSCOPE, PREFIX, Asked, read_name, suite_name
from harness.catalogue.mteb.place import MtebPlace
from harness.catalogue.mteb.registry import Member, read_registry
from harness.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.catalogue.mteb.registry import Entry, Registry

READER = 1
"""Raised when the tables that are made of the same data change."""
MOST = 2000
"""Suites of one task; who wants more of its subsets names them. All but one task of mteb's have fewer."""


def mteb_places(selected: str, cache: Path) -> list[MtebPlace]:
    """The suites of a task, or of all tasks of a benchmark; none of their data is read.

    selected: `mteb:NAME?split=…&subset=…&language=…&data=…&protocol=…&level=…&rows=…`, see `Asked`. Raises UsageError
    for a name, a subset or a folder that is not there, MissingExtraError without mteb.
    """
    asked = read_name(selected)
    registry = read_registry(cache)
    members = _members(asked, registry)
    scopes = [_scope(member, registry.tasks[member.task], asked, alone=len(members) == 1) for member in members]
    _agree(asked, scopes)
    home = cache / "mteb" / registry.version
    found = [place for scope in scopes for place in _of(scope, home)]
    if not found:
        raise UsageError(f"{PREFIX}{asked.name}: nothing of it is in {asked.subset or asked.language!r}")
    return found


def _members(asked: Asked, registry: Registry) -> list[Member]:
    """The tasks that a name stands for, an aggregate task taken apart."""
    name = registry.aliases.get(asked.name, asked.name)
    if name in registry.benchmarks:
        return [one for member in registry.benchmarks[name] for one in _parts(member, registry)]
    if name in registry.tasks:
        return list(_parts(Member(name, (), ()), registry))
    names = [*registry.tasks, *registry.benchmarks, *registry.aliases]
    spelled = next((known for known in names if known.casefold() == name.casefold()), "")
    hint = f"Did you mean {spelled!r}? " if spelled else nearest(name, names)
    raise UsageError(
        f"mteb {registry.version} has no task and no benchmark {name!r}. {hint}`harness suites list --mteb` lists them."
    )


def _parts(member: Member, registry: Registry) -> Iterator[Member]:
    """The tasks that an aggregate task is the mean of; any other task itself."""
    inner = registry.tasks[member.task].members
    yield from (part for name in inner for part in _parts(Member(name, (), member.splits), registry))
    if not inner:
        yield member


@dataclass(frozen=True)
class _Scope:
    """What is asked for of one task. asked: with `data` as the place of this task's own. source: what is there."""

    entry: Entry
    asked: Asked
    subsets: Sequence[str]
    splits: Sequence[str]
    source: str


def _scope(member: Member, entry: Entry, asked: Asked, *, alone: bool) -> _Scope:
    """alone: no other task is asked for; then it must have what is asked for."""
    own = replace(asked, data=_data(entry, asked.data, alone=alone))
    subsets = _chosen(member.subsets or entry.subsets, asked, entry, alone=alone)
    splits = list(dict.fromkeys(asked.split.split(","))) if asked.split else member.splits or entry.splits
    source = "" if own.data else f"{entry.path}@{entry.revision}"
    if own.data and (alone or _is_there(own.data)):  # of several, one that is not there is said so when it is read
        source = content_digest(own.data)
        subsets = subsets if asked.subset else subsets_in(own.data, subsets, entry.name)
        splits = splits if asked.split else splits_in(own.data, splits, entry.name)
    if len(subsets) * len(splits) > MOST:
        raise UsageError(
            f"{PREFIX}{entry.name} has {len(subsets):,} subsets, as {', '.join(subsets[:3])}: name those you want, as "
            f"in {PREFIX}{asked.name}?subset={subsets[0]}, or their language, as in ?language=zho"
        )
    return _Scope(entry, own, subsets, splits, source)


def _data(entry: Entry, data: str, *, alone: bool) -> str:
    """Where the data of a task are, in what holds those of several; itself where it holds those of one."""
    if not data or data.startswith(MODELSCOPE):
        return data + entry.path if data == MODELSCOPE else data
    root = Path(data).expanduser()
    names = [entry.name] if alone else [entry.name, entry.path, entry.path.rpartition("/")[2]]
    found = next((root / name for name in names if name and (root / name).is_dir()), root if alone else None)
    return str(found or root / entry.name)


def _is_there(data: str) -> bool:
    return data.startswith(MODELSCOPE) or Path(data).expanduser().exists()


def _agree(asked: Asked, scopes: Sequence[_Scope]) -> None:
    """Raises UsageError where several tasks are to be read from the data of one, or from nothing."""
    if len(scopes) == 1 or not asked.data:
        return
    if asked.on_modelscope and asked.data != MODELSCOPE:
        raise UsageError(
            f"?data={asked.data}: {PREFIX}{asked.name} has {len(scopes)} tasks, and that is one data set; "
            f"?data={MODELSCOPE} stands for each under its name on the hub"
        )
    if not any(_is_there(scope.asked.data) for scope in scopes):
        entry = scopes[0].entry
        raise UsageError(
            f"?data={asked.data}: there is no folder in it for any task of {PREFIX}{asked.name}, "
            f"as {' or '.join(dict.fromkeys([entry.name, entry.path.rpartition('/')[2]]))}"
        )


def _of(scope: _Scope, home: Path) -> Iterator[MtebPlace]:
    entry, asked = scope.entry, scope.asked
    for subset in scope.subsets:
        for split in scope.splits:
            yield _place(entry, subset, split, asked, home / _key(entry, subset, split, asked, scope.source))


def _chosen(known: Sequence[str], asked: Asked, entry: Entry, *, alone: bool) -> Sequence[str]:
    """The subsets that are asked for. Those of a benchmark's tasks that have none of them are left out."""
    named = list(dict.fromkeys(asked.subset.split(","))) if asked.subset else known
    for subset in named if alone else ():
        if subset not in known:
            hint = nearest(subset, known)
            raise UsageError(f"{PREFIX}{entry.name} has no subset {subset!r}. {hint}Known: {listed(known)}")
    held = set(known)
    return [subset for subset in named if subset in held and _is_in(asked.language, entry.languages[subset])]


def _is_in(wanted: str, spoken: Sequence[str]) -> bool:
    """Whether a subset, in the languages that are spoken in it, is in one of those that are asked for."""
    codes = [code for one in wanted.split(",") for code in languages.asked(one)]
    return not wanted or languages.speaks(spoken, codes)


def _place(entry: Entry, subset: str, split: str, asked: Asked, folder: Path) -> MtebPlace:
    return MtebPlace(name_of(entry, subset, split, asked), folder, entry, subset, split, asked)


def name_of(entry: Entry, subset: str, split: str, asked: Asked) -> str:
    """What one subset and one split of a task goes by, here and in the store; a path is never part of it."""
    return suite_name(
        entry.name,
        subset=subset if len(entry.subsets) > 1 else "",
        split="" if [split] == list(entry.splits) else split,
        protocol="" if asked.protocol == "ours" else asked.protocol,
        numbers={"level": asked.level, "rows": asked.rows},
    )


def _key(entry: Entry, subset: str, split: str, asked: Asked, source: str) -> str:
    """A folder's name that two places share only where the same tables are made of the same data."""
    parts = [READER, subset, split, asked.protocol, asked.level, asked.rows, source]
    digest = hashlib.blake2b(json.dumps(parts, ensure_ascii=False).encode(), digest_size=12).hexdigest()
    return f"{entry.name}-{digest}"
