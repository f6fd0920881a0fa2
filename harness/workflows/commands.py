"""What a user types: the command that makes what is missing."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.workflows.configuration import Configuration


class Spelling(dict[str, str]):
    """Suite → what -s has to say for it, here. options: what every command has to repeat: --config and --store."""

    def __init__(self, arguments: Mapping[str, str], options: Iterable[str] = ()) -> None:
        super().__init__(arguments)
        self.options = tuple(options)


def command(configuration: Configuration, *words: str) -> str:
    """A command of the harness on the same configuration and store."""
    return shlex.join(["harness", *words, *configuration.options])


def run_command(label: str, suites: Sequence[str], spelled: Mapping[str, str] | None = None, verb: str = "run") -> str:
    """What makes runs of an embedder on some suites; on those of harness.toml where none is named.

    spelled: suite → what -s has to say for it, where that is not its name, and what a `Spelling` has to repeat. verb:
    of another command that takes both.
    """
    options = spelled.options if isinstance(spelled, Spelling) else ()
    asked = dict.fromkeys((spelled or {}).get(suite, suite) for suite in suites)
    return shlex.join(["harness", verb, *(part for one in asked for part in ("-s", one)), "-e", label, *options])
