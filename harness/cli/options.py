"""Options that several commands share."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from harness.workflows.configuration import Configuration

FORMATS = ("table", "markdown", "json", "csv")
Command = Callable[..., Any]


class FiniteRange(click.FloatRange):
    """A number within bounds; `nan` is in no range and `inf` no number of anything, though both are read as floats."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number. Raises click.BadParameter for anything else."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


def shared_format(command: Command) -> Command:
    """--format."""
    return click.option(
        "--format",
        "layout",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="How to print.",
    )(command)


def shared_lang(command: Command) -> Command:
    """--lang."""
    return click.option(
        "--lang",
        type=click.Choice(["en", "zh"]),
        default="en",
        show_default=True,
        help="The language of the words.",
    )(command)


def shared_layout(command: Command) -> Command:
    """--format and --all-metrics, for the comparison table."""
    every = click.option(
        "--all-metrics", "every", is_flag=True, help="A column per metric, not only each suite's headline."
    )
    return shared_format(every(command))


def shared_selection(command: Command) -> Command:
    """-s and -e."""
    suite = click.option(
        "-s",
        "--suite",
        "suites",
        multiple=True,
        metavar="SUITE",
        help="A built-in suite (zh/process), a folder of them (zh), a folder on disk, or a task or benchmark of mteb's "
        "(mteb:SciFact). Repeatable.",
    )
    embedder = click.option(
        "-e",
        "--embedder",
        "embedders",
        multiple=True,
        metavar="EMBEDDER",
        help="backend:model?option=value, or a name in harness.toml. Repeatable.",
    )
    return suite(embedder(command))


def shared_config(command: Command) -> Command:
    """--config and --store."""
    config = click.option(
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        help="The configuration to read.  [default: harness.toml, if there is one]",
    )
    store = click.option(
        "--store",
        type=click.Path(dir_okay=False, path_type=Path),
        help="The results database.  [default: results/results.duckdb]",
    )
    return config(store(command))


def shared_cache(command: Command) -> Command:
    """--cache."""
    return click.option(
        "--cache",
        type=click.Path(file_okay=False, path_type=Path),
        help="Where vectors and mteb's tasks are kept.  [default: the user's cache folder, see `harness cache info`]",
    )(command)


def shared_consent(command: Command) -> Command:
    """--allow-remote."""
    return click.option(
        "--allow-remote",
        is_flag=True,
        help="Texts may be sent to services on other machines.  [default: to those that harness.toml allows]",
    )(command)


def configured(config: Path | None, store: Path | None, cache: Path | None = None) -> Configuration:
    """The configuration file with what the command line overrides."""
    from dataclasses import replace

    from harness.workflows.configuration import read_configuration

    configuration = read_configuration(config)
    elsewhere = store and store.absolute() != configuration.store.absolute()
    return replace(
        configuration,
        store=store or configuration.store,
        cache=cache or configuration.cache,
        options=(*configuration.options, *(("--store", str(store)) if elsewhere else ())),
    )


def limit_threads(threads: int | None) -> None:
    """Let the numerical libraries use so many threads, or the safe default. Must come before numpy is imported."""
    from harness.embedders.threads import POOLS, thread_count

    if threads:
        os.environ["OMP_NUM_THREADS"] = str(threads)
    for pool in POOLS:
        os.environ[pool] = str(thread_count())
