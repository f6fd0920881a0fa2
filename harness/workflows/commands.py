"""What a user types: the command that makes what is missing, and the folders that stand for suites."""

from __future__ import annotations

import shlex
from contextlib import suppress
from typing import TYPE_CHECKING

from harness.catalogue.mteb.names import is_mteb
from harness.errors import MissingExtraError, UsageError
from harness.workflows.shelf import find_places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.catalogue import Place


def run_command(label: str, suites: Sequence[str], spelled: Mapping[str, str] | None = None) -> str:
    """What makes runs of an embedder on some suites; on those of harness.toml where none is named.

    spelled: suite → what -s has to say for it, where that is not its name.
    """
    named = (part for suite in suites for part in ("-s", (spelled or {}).get(suite, suite)))
    return shlex.join(["harness", "run", *named, "-e", label])


def places_on_disk(selected: Iterable[str], cache: Path | None) -> Iterator[tuple[str, Place]]:
    """What was typed, and each suite that it stands for: where that lies, its name alone does not tell.

    Of a name that only the store knows, and of mteb's tasks, which are found by their names, there is none.
    """
    for one in selected:
        with suppress(MissingExtraError, UsageError):
            yield from ((one, place) for place in find_places(one, cache) if not is_mteb(place.name))
