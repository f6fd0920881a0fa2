"""harness table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.options import configured, shared_config, shared_format, shared_selection

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@shared_selection
@shared_config
@shared_format
def table(
    suites: tuple[str, ...], embedders: tuple[str, ...], config: Path | None, store: Path | None, layout: str
) -> None:
    """The comparison table of what the store holds: the latest run of each embedder on each suite.

    One row per embedder, one column per suite's headline metric, with its 95 % interval. json and csv hold every
    metric.

    \b
    harness table -s zh --format markdown
    """
    configuration = configured(config, store)

    from harness.report import FORMATS
    from harness.store import Store

    found = Store(configuration.store).rows(suites, embedders)
    click.echo(FORMATS[layout](found.rows), nl=False)
    if found.hidden:
        click.echo(f"{found.hidden} results are hidden: they were made on an older version of their suite", err=True)
