"""harness aa."""

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
    shared_format,
    shared_selection,
)
from harness.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@shared_selection
@click.option("--runs", type=click.IntRange(min=2), default=5, show_default=True, help="How many times.")
@click.option(
    "--margin",
    type=FiniteRange(min=0, max=1, min_open=True, max_open=True),
    help="The margin of every gate.  [default: those of harness.toml, else 0.02]",
)
@shared_config
@shared_cache
@shared_consent
@click.option(
    "--max-cost",
    type=FiniteRange(min=0),
    metavar="AMOUNT",
    help="Stop before services have cost more than this, in the currency of their prices.  [default: no limit]",
)
@shared_format
def aa(
    suites: tuple[str, ...],
    embedders: tuple[str, ...],
    runs: int,
    margin: float | None,
    config: Path | None,
    store: Path | None,
    cache: Path | None,
    allow_remote: bool,  # noqa: FBT001 # click passes a flag by name
    max_cost: float | None,
    layout: str,
) -> int:
    """The same embedder several times, past the cache of vectors: how often would your gate flip, and from what noise?

    Services answer differently from one call to the next, approximate searches start anywhere: a margin should be three
    times the largest difference that is seen here. The noise is recorded, for `harness gate`; the runs are not.

    Exit codes: 0 no primary gate flipped, 1 one did, 3 and 4 as for `harness run`.

    \b
    harness aa -s zh/lexical-gap -e packaged:use-multilingual
    harness aa -s zh -e openai:text-embedding-3-small --runs 3 --allow-remote --max-cost 1
    """
    configuration = configured(config, store, cache)
    limit_threads(configuration.threads)

    from harness.cli.progress import progress
    from harness.report import listing
    from harness.workflows import run as workflow
    from harness.workflows.gate import aa as repeated
    from harness.workflows.terms import terms

    agreed = terms(configuration, allow_remote=allow_remote, max_cost=max_cost)
    asked = workflow.request(configuration, suites, embedders, (), agreed)
    with progress() as watch:
        found = repeated.repeat(asked, runs, watch, configuration.gate, margin)
    if layout in {"table", "markdown"}:
        click.echo(listing(*repeated.brief(found), layout), nl=False)
    else:
        click.echo(listing(repeated.COLUMNS, repeated.rows(found), layout), nl=False)
    click.echo(repeated.sentence(found), err=True)
    if lacking := repeated.unmeasured(found, suites, configuration.cache):
        raise UsageError(
            f"nothing was measured on {', '.join(lacking)}: it does not apply to {' or '.join(asked.embedders)}"
        )
    return 1 if repeated.flipped(found) else 0
