"""The suites of a command, whatever they come from: found by name, read when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from harness import catalogue
from harness.catalogue import Place
from harness.catalogue.locate import DECLARATION, builtin_root
from harness.catalogue.mteb.names import is_mteb
from harness.catalogue.suites import Opened
from harness.catalogue.suites import open_suite as open_folder
from harness.embedders.vector_cache import default_cache_folder
from harness.errors import Fault, MissingExtraError, SuiteError, UsageError, nearest
from harness.model import ForeignSuite

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from harness.model import AnySuite

MOST_TEXTS = 200_000
"""Of all suites that are kept in memory."""


def find_places(selected: str, cache: Path | None = None, listed: Iterable[str] = ()) -> list[Place]:
    """The suites that `selected` stands for: built in, a folder on disk, of the names of `listed`, or `mteb:TASK`.

    cache: where what is read from mteb is kept, by default the user's cache folder. listed: the suites of harness.toml,
    whose names are known wherever their folders are. Raises UsageError when there is none, MissingExtraError for
    `mteb:` without mteb.
    """
    if not is_mteb(selected):
        return _local(selected, listed)
    from harness.catalogue.mteb.places import mteb_places

    return list(mteb_places(selected, cache or default_cache_folder()))


def _local(selected: str, listed: Iterable[str]) -> list[Place]:
    try:
        return catalogue.find_places(selected)
    except UsageError as error:
        known = [place for one in listed if not is_mteb(one) for place in _readable(one)]
        found = [place for place in known if f"{place.name}/".startswith(f"{selected.rstrip('/')}/")]
        if not selected or not found:
            names = list(dict.fromkeys(place.name for place in known))
            own = f" harness.toml lists: {', '.join(names)}. {nearest(selected, names)}".rstrip() if names else ""
            raise UsageError(f"{error}{own}") from error
        return found


def _readable(selected: str) -> list[Place]:
    try:
        return catalogue.find_places(selected)
    except UsageError:  # of a folder that is gone: it is no fault of another name
        return []


def folder_of(place: Place) -> str:
    """The folder that `-s` has to name for a suite on disk to be found under its name: its own, or one above it.

    Absolute; empty for a suite that is found by its name, built in or of mteb's.
    """
    if is_mteb(place.name) or place.folder == builtin_root() / place.name:
        return ""
    below = place.name.removeprefix("./").count("/")
    return str((place.folder.parents[below - 1] if below else place.folder).resolve())


def load_suite(place: Place) -> AnySuite:
    """Read a suite. Raises SuiteError with every fault that was found, or with why its data cannot be had."""
    if not is_mteb(place.name):
        return catalogue.load_suite(place)
    from harness.catalogue.mteb.load import load_mteb
    from harness.catalogue.mteb.place import MtebPlace

    if not isinstance(place, MtebPlace):
        return catalogue.load_suite(place)
    try:
        return load_mteb(place)
    except (MissingExtraError, UsageError) as error:  # of this one suite: the others are run nevertheless
        raise SuiteError(place.name, (Fault(place.name, 0, "", str(error)),)) from error


def open_suite(place: Place) -> Opened | ForeignSuite:
    """Read a suite and keep its tables. Raises SuiteError as `load_suite`."""
    if is_mteb(place.name) and not (is_there(place) and (place.folder / DECLARATION).is_file()):
        suite = load_suite(place)  # makes the folder
        if isinstance(suite, ForeignSuite):
            return suite
    return open_folder(Place(place.name, place.folder))


class Shelf(Mapping[Place, "AnySuite | SuiteError"]):
    """Every suite of a command, or the error that says what is wrong with it.

    Each is read when it is asked for. The first ones stay in memory as long as there is room, the others are read
    again for every embedder, so that a benchmark of many tasks needs little more than the largest of them.
    """

    def __init__(self, places: Sequence[Place], tell: Callable[[str], None], most: int = MOST_TEXTS) -> None:
        self._places = dict.fromkeys(places)
        self._tell = tell
        self._room = most
        self._kept: dict[Place, AnySuite | SuiteError] = {}

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, place: Place) -> AnySuite | SuiteError:
        if place not in self._places:
            raise KeyError(place)
        if place in self._kept:
            return self._kept[place]
        read = self._read(place)
        size = 0 if isinstance(read, SuiteError) else read.size
        if size <= self._room:
            self._room -= size
            self._kept[place] = read
        return read

    def _read(self, place: Place) -> AnySuite | SuiteError:
        if is_mteb(place.name) and not is_there(place):
            self._tell(f"{place.name}: mteb reads its data, once")
        try:
            return load_suite(place)
        except SuiteError as error:
            return error


def shelf(
    selected: Iterable[str],
    cache: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
    listed: Sequence[str] = (),
) -> Shelf:
    """The suites that names stand for, each once.

    tell: told of what takes its time. listed: see `find_places`. Raises UsageError when a name stands for nothing, or
    two suites go by one name.
    """
    found: dict[str, Place] = {}
    for name in selected:
        for place in find_places(name, cache, listed):
            known = found.setdefault(place.name, place)
            if known.folder.resolve() != place.folder.resolve():
                raise UsageError(_two(known, place))
    return Shelf(list(found.values()), tell)


def is_there(place: Place) -> bool:
    """Whether the data of one of mteb's tasks lie in the cache."""
    from harness.catalogue.mteb.load import is_whole
    from harness.catalogue.mteb.place import MtebPlace

    return not isinstance(place, MtebPlace) or is_whole(place.folder)


def _two(first: Place, second: Place) -> str:
    if is_mteb(first.name):
        return f"{first.name} is asked for twice, with other data each time: one name cannot stand for both"
    return f"two suites are called {first.name!r}: {first.folder} and {second.folder}. Rename one folder."
