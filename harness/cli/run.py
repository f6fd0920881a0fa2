"""harness run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.options import (
    FiniteRange,
    configured,
    limit_threads,
    shared_cache,
    shared_config,
    shared_consent,
    shared_layout,
    shared_selection,
)
from harness.errors import SuiteError

if TYPE_CHECKING:
    from pathlib import Path

    from harness.workflows.run import Request


@click.command()
@shared_selection
@shared_config
@shared_cache
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    help="Threads for embedding and scoring.  [default: half of the processors]",
)
@click.option(
    "--similarity",
    type=click.Choice(("cosine", "dot", "euclidean")),
    help="How near vectors are to each other.  [default: cosine]",
)
@click.option(
    "--sweep",
    "sweeps",
    multiple=True,
    metavar="OPTION=VALUE,…",
    help="Each embedder once per value of an option (dimensions=64,256,full). Repeatable.",
)
@shared_consent
@click.option(
    "--max-cost",
    type=FiniteRange(min=0),
    metavar="AMOUNT",
    help="Stop before services have cost more than this, in the currency of their prices.  [default: no limit]",
)
@click.option(
    "--plan",
    "planning",
    is_flag=True,
    help="Only say what would be embedded, sent and paid, and what the cache saves. Sends nothing. Exit code 3 where a "
    "suite cannot be read.",
)
@shared_layout
def run(
    suites: tuple[str, ...],
    embedders: tuple[str, ...],
    config: Path | None,
    store: Path | None,
    cache: Path | None,
    threads: int | None,
    similarity: str | None,
    sweeps: tuple[str, ...],
    allow_remote: bool,  # noqa: FBT001 # click passes a flag by name
    max_cost: float | None,
    planning: bool,  # noqa: FBT001 # the same
    layout: str,
    every: bool,  # noqa: FBT001 # the same
) -> int:
    """Run every embedder on every suite, record each result as it ends, print the table.

    Without -s or -e, harness.toml says what to run. Vectors are cached: a second run embeds nothing again, an
    interrupted one goes on where it stopped.

    \b
    harness run -s zh/lexical-gap -e packaged:use-multilingual -e bm25:
    harness run -s ./my-suite -e st:sentence-transformers/all-MiniLM-L6-v2
    harness run -s zh -e packaged:use-multilingual --sweep dimensions=64,256,full --sweep precision=float32,int8,binary
    harness run -s zh -e openai:text-embedding-3-small --plan
    harness run -s zh -e openai:text-embedding-3-small --allow-remote --max-cost 5
    """
    configuration = configured(config, store, cache)
    limit_threads(threads or configuration.threads)

    from harness.cli.progress import progress
    from harness.report import comparison
    from harness.workflows import run as workflow
    from harness.workflows.table import remarks_of
    from harness.workflows.terms import terms

    if similarity:
        sweeps = (*sweeps, f"similarity={similarity}")
    agreed = terms(configuration, allow_remote=allow_remote, max_cost=max_cost)
    asked = workflow.request(configuration, suites, embedders, sweeps, agreed)
    if planning:
        return _plan(asked, layout)
    with progress() as watch:
        runs = workflow.run(asked, watch)
    click.echo(comparison(workflow.rows(runs), layout, remarks_of(runs), every=every), nl=False)
    error = workflow.failed(runs)
    return error.exit_code if error else 0


def _plan(asked: Request, layout: str) -> int:
    from harness import report
    from harness.report.items import table_or_items
    from harness.workflows import planned_rows
    from harness.workflows.run import planned

    lines, unread = planned(asked)
    if layout == "table":
        click.echo(table_or_items(planned_rows.BRIEF, planned_rows.brief(lines)), nl=False)
    elif layout == "markdown":
        click.echo(report.listing(planned_rows.BRIEF, planned_rows.brief(lines), layout), nl=False)
    else:
        click.echo(report.listing(planned_rows.COLUMNS, planned_rows.rows(lines), layout), nl=False)
    for remark in planned_rows.remarks(lines, unread):
        click.echo(remark, err=True)
    return SuiteError.exit_code if unread else 0
