"""harness compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.options import FiniteRange, configured, shared_cache, shared_config, shared_format

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option(
    "-s",
    "--suite",
    "suites",
    multiple=True,
    metavar="SUITE",
    help="A suite or a folder of them.  [default: all that both have been run on]  Repeatable.",
)
@click.option("--metric", "metrics", multiple=True, metavar="NAME", help="Only metrics of this name. Repeatable.")
@click.option(
    "--margin",
    type=FiniteRange(min=0),
    default=0.02,
    show_default=True,
    help="A difference within it does not matter.",
)
@click.option(
    "--items",
    type=click.IntRange(min=0),
    help="How many of the items that moved most are shown, each way.  [default: 5, or 1 for more than 4 suites]",
)
@shared_config
@shared_cache
@click.option("--all-metrics", "every", is_flag=True, help="Every metric, not only each suite's headline.")
@shared_format
def compare(
    a: str,
    b: str,
    suites: tuple[str, ...],
    metrics: tuple[str, ...],
    margin: float,
    items: int | None,
    config: Path | None,
    store: Path | None,
    cache: Path | None,
    every: bool,  # noqa: FBT001 # click passes a flag by name
    layout: str,
) -> None:
    """Is B better than A, worse, equal within a margin, or is that undecided?

    A and B are embedders as the table names them, names in harness.toml, or ids of runs (their first 6 digits will do).
    The newest run of each is compared on every suite, item by item, by paired tests. Where the data of two runs differ,
    they are not compared, and what differs is said. json and csv hold every metric.

    \b
    harness compare baseline:hashing bm25: -s zh/lexical-gap
    harness compare bm25: packaged:use-multilingual --margin 0.01 --items 10 --format json
    """
    configuration = configured(config, store, cache)

    from harness.report.compared import compared
    from harness.workflows.compare import CompareRequest, compare_embedders

    outcome = compare_embedders(configuration, CompareRequest(a, b, suites, metrics, margin, items))
    click.echo(compared(outcome, layout, every=every or bool(metrics)), nl=False)
