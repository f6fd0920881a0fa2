"""Which of the files below a folder hold what, by the words in their names.

`zh/test-00000-of-00001.parquet`, `test_zh.tsv` and `data/zh.test.jsonl` all say: split test, subset zh.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.errors import Faults

TEXT = (".jsonl", ".json", ".tsv", ".csv")
"""Files of text, each also with .gz."""
SUFFIXES = (*TEXT, ".parquet", ".arrow")
_FAMILIES: Mapping[str, Sequence[str]] = {
    "test": ("test",),
    "validation": ("validation", "valid", "val", "dev", "development"),
    "train": ("train", "training"),
}
"""The usual splits, and what else they are called."""

_ABOUT = ("meta", "metadata", "readme", "dataset_info", "dataset_infos", "dataset_dict", "state", "config", "licence")
"""Names of .json files that tell about data and hold none."""
_NEUTRAL = frozenset({"data", "default", "main"})
"""Words of names that tell nothing."""
_SHARD = re.compile(r"(?:^|-)\d{5}-of-(\d{5})(?:-[0-9a-f]+)?$|^0\d{3}$")
"""As the hub names parts of a table: test-00000-of-00002, or test/0000 where it converted them itself."""


@dataclass(frozen=True)
class Source:
    """A file of rows. shown: its path below the folder. words: those of the path. shards: how many share the words."""

    file: Path
    shown: str
    words: tuple[str, ...]
    shards: int | None = None

    @property
    def suffix(self) -> str:
        """How its name ends, without .gz: what is in it."""
        return Path(self.file.name.lower().removesuffix(".gz")).suffix


@dataclass(frozen=True)
class Sought:
    """Which rows are wanted, and which else the task has, so that their files are not taken for these."""

    split: str
    splits: Sequence[str]
    subset: str
    subsets: Sequence[str]

    def split_of(self, source: Source) -> str:
        """The split that a file is named after, empty where it is after none."""
        return named(source.words, split_names(self.splits))

    def subset_of(self, source: Source) -> str:
        """The subset that a file is named after, empty where it is after none or the task has one only."""
        return named(source.words, subset_names(self.subsets))


@dataclass(frozen=True)
class Chosen:
    """The files that hold what is wanted, in the order of their names. remark: why these; empty where it is plain."""

    files: Sequence[Source]
    remark: str = ""


def files_below(root: Path) -> Iterator[Path]:
    """The file itself, or every file below the folder, hidden ones left out, in the order of their names."""
    if root.is_file():
        yield root
        return
    for file in sorted(root.rglob("*")):
        hidden = any(part.startswith((".", "__MACOSX")) for part in file.relative_to(root).parts)
        if not hidden and file.is_file():
            yield file


def sources(root: Path) -> list[Source]:
    """Every file of rows: the file itself, or those below the folder."""
    above = root.parent if root.is_file() else root
    return [_source(file, file.relative_to(above)) for file in files_below(root) if is_rows(file)]


def beside(file: Path) -> list[Source]:
    """Every file of rows in the folder of a file, itself among them."""
    near = (other for other in sorted(file.parent.iterdir()) if other.is_file())
    return [_source(other, other.relative_to(file.parent)) for other in near if is_rows(other)]


def is_rows(file: Path) -> bool:
    """Whether a file's name says that it holds rows."""
    name = file.name.lower()
    packed = name.endswith(".gz")
    stem, dot, suffix = name.removesuffix(".gz").rpartition(".")
    if dot + suffix == ".json":
        return stem not in _ABOUT
    return dot + suffix in (TEXT if packed else SUFFIXES)


def canonical(split: str) -> str:
    """The one name of a split: validation for dev."""
    return next((name for name, others in _FAMILIES.items() if split.lower() in others), split.lower())


def split_names(splits: Iterable[str]) -> dict[str, list[tuple[str, ...]]]:
    """Canonical name → its spellings, in words: the usual splits and those of the task."""
    names = {name: [words_of(other) for other in others] for name, others in _FAMILIES.items()}
    for split in splits:
        spellings = names.setdefault(canonical(split), [])
        if words_of(split) not in spellings:
            spellings.append(words_of(split))
    return names


def subset_names(subsets: Sequence[str]) -> dict[str, list[tuple[str, ...]]]:
    """Subset → its spelling, in words. A task's only subset needs no name."""
    return {subset: [words_of(subset)] for subset in subsets} if len(subsets) > 1 else {}


def words_of(text: str) -> tuple[str, ...]:
    """The letters and digits between anything else, in lower case."""
    return tuple(re.findall(r"[^\W_]+", text.lower()))


def named(words: Sequence[str], names: Mapping[str, Iterable[Sequence[str]]]) -> str:
    """The name whose spelling ends last in the words, the longest of several there; empty where none is in them."""
    found = (
        ((end, len(spelling)), name)
        for name, spellings in names.items()
        for spelling in spellings
        for end in range(len(spelling), len(words) + 1)
        if spelling and tuple(words[end - len(spelling) : end]) == tuple(spelling)
    )
    return max(found, default=((0, 0), ""))[1]


def of_subset(files: Sequence[Source], sought: Sought) -> list[Source]:
    """Those of the subset; where no file is named after it, those that are named after none."""
    mine = [source for source in files if sought.subset_of(source) == sought.subset]
    return (mine if len(sought.subsets) > 1 else []) or [s for s in files if not sought.subset_of(s)]


def of_split(files: Sequence[Source], sought: Sought, *, shared: bool = False) -> Chosen | None:
    """Those of the split; else those that are named after no split; else those of the only split that there is.

    shared: whether one file may serve all splits of the task, as a corpus does; then it needs no remark.
    None where they are not to be told: several splits, or another split of the same task.
    """
    groups: dict[str, list[Source]] = defaultdict(list)
    for source in files:
        groups[sought.split_of(source)].append(source)
    mine = canonical(sought.split)
    if mine in groups:
        return _united(_closest(groups[mine], sought), "")
    others = [name for name in groups if shared or name not in map(canonical, sought.splits)]
    only = "" if "" in groups else others[0] if len(groups) == len(others) == 1 else None
    if only is None:
        return None
    taken = _whole(_closest(groups[only], sought), sought)
    return _united(taken, "" if shared else f"in place of the split {sought.split}, which no file is named after")


def listed(files: Iterable[Source], most: int = 6) -> str:
    """The files as they are shown in a message."""
    shown = [source.shown for source in files]
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")


def check_doubles(files: Sequence[Source], faults: Faults) -> None:
    """Report two files for the same rows, and rows of which a part is missing."""
    groups: dict[tuple[str, ...], list[Source]] = defaultdict(list)
    for source in files:
        groups[tuple(word for word in source.words if word not in _NEUTRAL)].append(source)
    for group in groups.values():
        first = group[0]
        if len({source.suffix for source in group}) > 1 or (len(group) > 1 and first.shards is None):
            faults.add(first.shown, 0, "", f"several files for the same rows: {listed(group)}; keep one of them")
        elif first.shards and first.shards != len(group):
            faults.add(first.shown, 0, "", f"parts are missing: {len(group)} of {first.shards} are there")


def _source(file: Path, shown: Path) -> Source:
    stem = file.name
    while Path(stem).suffix.lower() in {*SUFFIXES, ".gz"}:
        stem = Path(stem).stem
    part = _SHARD.search(stem)
    stem = stem[: part.start()] if part else stem
    shards = int(part[1] or 0) if part else None
    return Source(file, shown.as_posix(), words_of("/".join((*shown.parts[:-1], stem))), shards)


def _closest(files: Sequence[Source], sought: Sought) -> list[Source]:
    """Those named after nothing else, as test.tsv beside test_old.tsv; else all of the folder that is nearest."""
    exact = [source for source in files if not _extra(source, sought)]
    depth = min(source.shown.count("/") for source in files)
    return exact or [source for source in files if source.shown.count("/") == depth]


def _extra(source: Source, sought: Sought) -> set[str]:
    told = {word for spellings in split_names(sought.splits).values() for words in spellings for word in words}
    return set(source.words) - _NEUTRAL - told - set(words_of(sought.subset))


def _whole(files: list[Source], sought: Sought) -> list[Source]:
    """The one that says that it holds all of them, where there is one: cos960_all beside cos960_noun."""
    shared = set.intersection(*(_extra(source, sought) for source in files)) if len(files) > 1 else set()
    return [source for source in files if _extra(source, sought) - shared == {"all"}] or files


def _united(files: Sequence[Source], reason: str) -> Chosen:
    several = len({source.words for source in files}) > 1
    how = "are read one after the other" if several else "is read"
    return Chosen(files, f"{listed(files)} {how} {reason}".rstrip() if several or reason else "")
