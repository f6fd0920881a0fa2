"""Where the suites of results lie: as somebody typed it, as harness.toml has it, as their runs found them."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from harness.catalogue import Place, builtin_places, load_suite
from harness.catalogue.locate import DECLARATION
from harness.catalogue.mteb.names import is_mteb, read_name
from harness.embedders.vector_cache import default_cache_folder
from harness.errors import HarnessError
from harness.store import Store
from harness.workflows.commands import Spelling
from harness.workflows.shelf import find_places, folder_of, is_there

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.model import Suite
    from harness.workflows.configuration import Configuration


class Whereabouts:
    """Finds suites by the names that their results go by. Nothing is fetched, and the store asked only when need be.

    selected: what was typed after -s, which counts before harness.toml, and that before what the store recorded.
    """

    def __init__(self, configuration: Configuration, selected: Sequence[str] = ()) -> None:
        self._store = Store(configuration.store)
        self._cache = configuration.cache
        self._options = configuration.options
        self._selected = (*selected, *configuration.suites)
        self._looked: dict[str, Sequence[Place]] = {}

    def argument(self, suite: str) -> str:
        """What -s has to say, here, for a suite to be found under its name.

        The name itself where nobody recorded a folder, and none of that name is here: only its owner knows more.
        """
        if self.is_known(suite):
            return suite
        known = self._folders(suite)
        standing = (folder for folder in (*known, f"./{_root(suite)}") if self._in(folder, suite))
        return next(standing, [*known, suite][0])

    def is_known(self, suite: str) -> bool:
        """Whether its name is enough to find it: it is built in, or of mteb's."""
        return is_mteb(suite) or suite in self._builtin

    def spelled(self, suites: Iterable[str]) -> Spelling:
        """The argument of each, and what a command has to repeat."""
        return Spelling({suite: self.argument(suite) for suite in suites}, self._options)

    def suite(self, name: str, fingerprint: str) -> Suite | None:
        """The suite of that name with these data; None where it is nowhere, or cannot be read."""
        for place in self._places(name, fingerprint):
            with suppress(HarnessError):
                suite = load_suite(Place(place.name, place.folder))
                if suite.fingerprint == fingerprint:
                    return suite
        return None

    def why_missing(self, suite: str) -> str:
        """Why `suite` found none of that name, and what to do about it."""
        if is_mteb(suite):
            return f"the data are not in the cache. To have them read there: harness suites show {quote(suite)}"
        if suite in self._builtin:
            return "this version of the harness has other data"
        known = self._folders(suite)
        there = [folder for folder in known if self._in(folder, suite)]
        gone = (
            f"the data are not in {known[0]} any more" if known else "the store does not say where the data were found"
        )
        why = f"the data in {there[0]} are others now, or cannot be read" if there else gone
        return f"{why}. Name the folder {_root(suite)} that has the data of these results: -s PATH"

    @cached_property
    def _builtin(self) -> set[str]:
        return {place.name for place in builtin_places()}

    @cached_property
    def _typed(self) -> Mapping[str, str]:
        """Suite → what was typed."""
        found: dict[str, str] = {}
        for typed in self._selected:
            with suppress(HarnessError):
                places = [] if is_mteb(typed) else find_places(typed, self._cache)
                found = {place.name: typed for place in places if folder_of(place)} | found
        return found

    @cached_property
    def _recorded(self) -> Sequence[tuple[str, str, str]]:
        return self._store.folders() if self._store.exists() else []

    def _folders(self, suite: str) -> list[str]:
        """As one types them here, each once."""
        typed = [self._typed[suite]] if suite in self._typed else []
        recorded = [folder for name, _, folder in self._recorded if name == suite]
        return list(dict.fromkeys(map(_short, (*typed, *recorded))))

    def _in(self, folder: str, suite: str) -> list[Place]:
        if folder not in self._looked:
            self._looked[folder] = ()
            with suppress(HarnessError):
                self._looked[folder] = find_places(folder, self._cache)
        return [place for place in self._looked[folder] if place.name == suite]

    def _places(self, name: str, fingerprint: str) -> Iterator[Place]:
        """Where it may be. What the store recorded comes last, as it has to be opened for that."""
        if name in self._typed:
            yield from self._in(self._typed[name], name)
        with suppress(HarnessError):
            yield from filter(is_there, find_places(name, self._cache))
        with suppress(HarnessError):
            yield from _kept(name, self._cache or default_cache_folder()) if is_mteb(name) else ()
        if not self.is_known(name):
            for suite, digest, folder in self._recorded:
                if (suite, digest) == (name, fingerprint):
                    yield from self._in(folder, name)


def _short(folder: str) -> str:
    """As one types it here; where nobody need know the whole path, it is not shown."""
    path, here = Path(folder).expanduser().absolute(), Path.cwd()
    return f"./{path.relative_to(here).as_posix()}" if path.is_relative_to(here) else folder


def _root(suite: str) -> str:
    """What the folder is called that -s names: its own, or the one that holds the folders of several."""
    return suite.removeprefix("./").partition("/")[0]


def _kept(name: str, cache: Path) -> Iterator[Place]:
    """All that the cache has of a task of mteb's, the newest first.

    Its folders are named after where the data came from, and a suite's name does not say that (`?data=…`).
    """
    from harness.catalogue.mteb.load import is_whole

    task = read_name(name).name
    folders = [one for one in cache.glob("mteb/*/*") if one.name.rpartition("-")[0] == task and is_whole(one)]
    for folder in sorted(folders, key=lambda one: one.stat().st_mtime, reverse=True):
        if (folder / DECLARATION).is_file():
            yield Place(name, folder)
