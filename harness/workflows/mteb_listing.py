"""What mteb has: its tasks and benchmarks, chosen by language, type, domain and words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.catalogue.mteb.languages import CHINESE, TWO_LETTERS, asked, speaks
from harness.catalogue.mteb.names import PREFIX
from harness.embedders.vector_cache import default_cache_folder
from harness.errors import UsageError, nearest
from harness.interop.mteb.task_types import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from harness.catalogue.mteb.registry import Entry, Registry

COLUMNS = (
    "task",
    "type",
    "languages",
    "domains",
    "modalities",
    "subsets",
    "splits",
    "main_score",
    "judged_by",
    "licence",
    "superseded_by",
)
BRIEF = ("task", "type", "languages", "subsets", "judged")
BENCHMARKS = ("benchmark", "tasks", "languages")

_MOST = 2
"""Names in a cell for people."""
_MANY = 100
"""Tasks that nobody reads through."""


@dataclass(frozen=True)
class Wanted:
    """Which tasks. Several of one sort: any of them. words: all of them. modalities: nothing else is needed.

    every: those that newer ones have taken the place of, private and unfinished ones too.
    """

    languages: Sequence[str] = ()
    types: Sequence[str] = ()
    domains: Sequence[str] = ()
    modalities: Sequence[str] = ()
    benchmark: str = ""
    words: str = ""
    every: bool = False


@dataclass(frozen=True)
class Found:
    """The tasks, and of which mteb. languages: those that were asked for, as mteb writes them. benchmark: likewise.

    left_out: how many more there are for who wants every task.
    """

    version: str
    tasks: Sequence[Entry]
    languages: Sequence[str]
    benchmark: str = ""
    left_out: int = 0

    def rows(self) -> list[list[object]]:
        """As rows of `COLUMNS`."""
        return [
            [
                entry.name,
                entry.type,
                ", ".join(_languages(entry)),
                ", ".join(entry.domains),
                ", ".join(entry.modalities),
                ", ".join(self._subsets(entry)),
                ", ".join(entry.splits),
                entry.main_score,
                f"ours: {_kind(entry)}" if _kind(entry) else "mteb",
                entry.licence,
                entry.superseded_by,
            ]
            for entry in self.tasks
        ]

    def brief(self) -> list[list[str]]:
        """As rows of `BRIEF`, for people."""
        return [
            [
                entry.name + (f" → {entry.superseded_by}" if entry.superseded_by else ""),
                entry.type,
                _shortened(self._codes(entry)),
                _shortened(self._subsets(entry)) if len(entry.subsets) > 1 else "",
                f"as {_kind(entry)}" if _kind(entry) else "by mteb",
            ]
            for entry in self.tasks
        ]

    def remarks(self) -> list[str]:
        """What is to be said below the rows."""
        said = [f"{len(self.tasks):,} task{'s' * (len(self.tasks) != 1)} of mteb {self.version}"]
        if self.left_out:
            said.append(
                f"{self.left_out:,} more with --all: those that newer ones replace, private and unfinished ones"
            )
        if len(self.tasks) > _MANY:
            said.append("fewer: --language, --type, --domain, --modality, --benchmark, --search")
        if self.tasks and {code.partition("-")[0] for code in self.languages} >= set(CHINESE):
            said.append("Chinese is zho in some of mteb's tasks and cmn in others: both are listed")
        if self.tasks and self.benchmark:
            said.append(to_run(self.benchmark, "all of the benchmark"))
        elif self.tasks:
            said.append(to_run(self._example(), "one"))
        return said

    def _example(self) -> str:
        entry = next((entry for entry in self.tasks if _kind(entry) and len(entry.subsets) == 1), self.tasks[0])
        subsets = self._subsets(entry)
        part = f"?subset={subsets[0]}" if 0 < len(subsets) < len(entry.subsets) else ""
        return f"{entry.name}{part}"

    def _subsets(self, entry: Entry) -> list[str]:
        """Those in a language that was asked for."""
        return [name for name in entry.subsets if not self.languages or speaks(entry.languages[name], self.languages)]

    def _codes(self, entry: Entry) -> list[str]:
        """Its languages without their scripts, those that were asked for first."""
        first = [code.partition("-")[0] for code in self.languages]
        codes = dict.fromkeys(code.partition("-")[0] for code in _languages(entry))
        return sorted(codes, key=lambda code: code not in first)


def tasks(wanted: Wanted, cache: Path | None = None) -> Found:
    """The tasks that are wanted, by name. cache: where the registry is kept, by default the user's cache folder.

    Raises UsageError for a language, type, domain, modality or benchmark that mteb does not have, MissingExtraError
    without mteb.
    """
    registry = _registry(cache)
    entries = list(registry.tasks.values())
    languages = [code for written in wanted.languages for code in _known_languages(written, entries)]
    types = [_known("type", name, {entry.type for entry in entries}) for name in wanted.types]
    domains = [_known("domain", name, {one for entry in entries for one in entry.domains}) for name in wanted.domains]
    modalities = [
        _known("modality", name, {one for entry in entries for one in entry.modalities}) for name in wanted.modalities
    ]
    benchmark = _benchmark(wanted.benchmark, registry) if wanted.benchmark else ""
    chosen = _of_benchmark(benchmark, registry) if benchmark else entries
    found = [
        entry
        for entry in chosen
        if (not languages or speaks(_languages(entry), languages))
        and (not types or entry.type in types)
        and (not domains or not set(domains).isdisjoint(entry.domains))
        and (not modalities or set(entry.modalities) <= set(modalities))
        and all(word in _text(entry) for word in wanted.words.lower().split())
    ]
    listed = [one for one in found if wanted.every or benchmark or not (one.superseded_by or one.hidden)]
    ordered = sorted(listed, key=lambda entry: entry.name.lower())
    return Found(registry.version, ordered, languages, benchmark, len(found) - len(listed))


def benchmarks(wanted: Wanted, cache: Path | None = None) -> list[list[object]]:
    """The benchmarks with all of the words in their names, as rows of `BENCHMARKS`. Raises MissingExtraError.

    A name that a benchmark had before, or has besides, counts too.
    """
    registry = _registry(cache)
    words = wanted.words.lower().split()
    others = {name: [alias for alias, of in registry.aliases.items() if of == name] for name in registry.benchmarks}
    return [
        [name, len(members), len({code.partition("-")[0] for entry in members for code in _languages(entry)})]
        for name in sorted(registry.benchmarks, key=str.lower)
        if all(word in " ".join([name, *others[name]]).lower() for word in words)
        for members in [_of_benchmark(name, registry)]
    ]


def _kind(entry: Entry) -> str:
    """The kind of ours as which tasks of its type are judged, empty where mteb itself judges."""
    return KINDS.get(entry.type, "") if list(entry.modalities) == ["text"] else ""


def _registry(cache: Path | None) -> Registry:
    from harness.catalogue.mteb.registry import read_registry

    return read_registry(cache or default_cache_folder())


def _of_benchmark(name: str, registry: Registry) -> list[Entry]:
    """Its tasks, each with the part that the benchmark takes."""
    return [
        replace(
            entry,
            splits=member.splits,
            languages={one: entry.languages[one] for one in member.subsets} if member.subsets else entry.languages,
        )
        for member in registry.benchmarks[name]
        for entry in [registry.tasks[member.task]]
    ]


def _known(what: str, name: str, among: Iterable[str]) -> str:
    """The one of them that is meant, whatever the case of its letters. Raises UsageError."""
    names = {one.lower(): one for one in among}
    if name.lower() in names:
        return names[name.lower()]
    known = sorted(names.values())
    raise UsageError(f"mteb has no {what} {name!r}. {nearest(name, known)}Known: {', '.join(known)}")


def _benchmark(named: str, registry: Registry) -> str:
    """The name of the benchmark that is meant, former names and others included. Raises UsageError."""
    names = [*registry.benchmarks, *registry.aliases]
    for name in names:
        if name.lower() == named.lower():
            return registry.aliases.get(name, name)
    listed = "`harness suites list --mteb --benchmarks` lists them"
    raise UsageError(f"mteb has no benchmark {named!r}. {nearest(named, names)}{listed}")


def _known_languages(written: str, entries: Sequence[Entry]) -> list[str]:
    """`zh` → cmn and zho; `zho-Hans` → those in this script. Raises UsageError for a language that no task is in."""
    spoken = {language for entry in entries for language in _languages(entry)}
    found = [code for code in asked(written) if speaks(spoken, [code])]
    if not found:
        known = {*spoken, *(language.partition("-")[0] for language in spoken), *TWO_LETTERS}
        raise UsageError(
            f"mteb has no task in the language {written!r}. {nearest(written, sorted(known))}"
            "Languages are written as ISO 639-3 has them, with a script where it matters: zho, eng, zho-Hans"
        )
    return found


def _languages(entry: Entry) -> list[str]:
    return list(dict.fromkeys(code for codes in entry.languages.values() for code in codes))


def _text(entry: Entry) -> str:
    """What words are looked for in."""
    return " ".join([entry.name, entry.type, *entry.domains, *_languages(entry), entry.path]).lower()


def _shortened(names: Sequence[str]) -> str:
    more = len(names) - _MOST
    return ", ".join(names[:_MOST]) + (f" +{more}" if more > 0 else "")


def to_run(name: str, what: str) -> str:
    """How what is listed is run, written as a shell takes it."""
    written = f"{PREFIX}{name}"
    quoted = f'"{written}"' if set(name) & set("?&() ") else written
    return f"to run {what}: harness run -s {quoted} -e …"
