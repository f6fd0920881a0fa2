"""harness sql."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.options import configured, shared_config, shared_format

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("statement")
@shared_config
@shared_format
def sql(statement: str, config: Path | None, store: Path | None, layout: str) -> None:
    """Ask the store in SQL, read-only.

    Tables: run, score, item, answer, finding, place, noise; views: latest, leaderboard, profile.

    \b
    harness sql "select embedder, suite, metric, value from leaderboard order by suite, value desc"
    """
    configuration = configured(config, store)

    from harness.report import listing
    from harness.store import Store

    columns, rows = Store(configuration.store).query(statement)
    click.echo(listing(columns, rows, layout), nl=False)
