"""harness table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.options import configured, shared_cache, shared_config, shared_layout, shared_selection

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@shared_selection
@shared_config
@shared_cache
@shared_layout
def table(
    suites: tuple[str, ...],
    embedders: tuple[str, ...],
    config: Path | None,
    store: Path | None,
    cache: Path | None,
    layout: str,
    every: bool,  # noqa: FBT001 # click passes a flag by name
) -> None:
    """The comparison table of what the store holds: the latest run of each embedder on each suite.

    One row per embedder, one column per suite's headline metric, with its 95 % interval. json and csv hold every
    metric.

    \b
    harness table -s zh --format markdown
    harness table -s zh/process --all-metrics
    """
    configuration = configured(config, store, cache)

    from harness.report import comparison
    from harness.workflows.table import table as workflow

    shown, remarks = workflow(configuration, suites, embedders)
    click.echo(comparison(shown.rows, layout, remarks, every=every), nl=False)
    if shown.hidden:
        what = "1 result is hidden: it was" if shown.hidden == 1 else f"{shown.hidden:,} results are hidden: they were"
        click.echo(f"{what} made on other data under the same suite name", err=True)
