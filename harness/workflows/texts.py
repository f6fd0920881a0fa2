"""What items say, and what was put first for them: looked up in the suite on disk, as the store keeps ids alone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.catalogue import Place, load_suite
from harness.catalogue.locate import DECLARATION
from harness.catalogue.mteb.names import is_mteb, read_name
from harness.embedders.vector_cache import default_cache_folder
from harness.errors import HarnessError
from harness.model import Legible
from harness.workflows.shelf import find_places, is_there

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from harness.model import Moved, Suite


def with_texts(
    moved: Sequence[Moved], suite_name: str, fingerprint: str, cache: Path | None = None
) -> tuple[Moved, ...]:
    """The same with the texts of items and of answers, each whole and on one line.

    Only where the suite is found by its name and is the one that was judged, by its fingerprint; else, and for an
    answer that the suite does not know, the ids stay. Nothing is fetched: a task of mteb's is read from the cache.
    suite_name, cache: as in `find_places`.
    """
    suite = suite_on_disk(suite_name, fingerprint, cache) if moved else None
    task = suite.task if suite else None
    if not isinstance(task, Legible):
        return tuple(moved)
    texts = task.item_lines({one.id for one in moved})
    answers = task.answer_lines({answer for one in moved for answer in (one.answer_a, one.answer_b) if answer})
    return tuple(
        replace(
            one,
            text=texts.get(one.id, one.text),
            answer_a=answers.get(one.answer_a, one.answer_a),
            answer_b=answers.get(one.answer_b, one.answer_b),
        )
        for one in moved
    )


def suite_on_disk(name: str, fingerprint: str, cache: Path | None = None) -> Suite | None:
    """The suite of that name with these data; None where it is not there, or cannot be read. Nothing is fetched.

    name, cache: as in `find_places`.
    """
    for place in _places(name, cache):
        with suppress(HarnessError):
            suite = load_suite(place)
            if suite.fingerprint == fingerprint:
                return suite
    return None


def _places(name: str, cache: Path | None) -> Iterator[Place]:
    with suppress(HarnessError):
        # Not by the shelf: that one fetches what is missing.
        yield from (Place(place.name, place.folder) for place in find_places(name, cache) if is_there(place))
    if is_mteb(name):
        yield from _kept(name, cache or default_cache_folder())


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
