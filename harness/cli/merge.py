"""harness merge."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.options import configured, shared_config, shared_format


@click.command()
@click.argument("shards", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SHARD…")
@shared_config
@shared_format
def merge(shards: tuple[Path, ...], config: Path | None, store: Path | None, layout: str) -> int:
    """Unite the stores of several builds in one: runs, items, findings, and noise.

    What the store holds already is not added again, so that doing it twice adds nothing. A shard that cannot be read is
    named, and keeps no other from being added.

    \b
    harness merge shard-1.duckdb shard-2.duckdb
    harness merge shards/*.duckdb --store results/results.duckdb
    """
    configuration = configured(config, store)

    from harness.report import listing
    from harness.workflows import merge as workflow

    made = workflow.merge(configuration, shards)
    if made.rows:
        click.echo(listing(workflow.MERGED, made.rows, layout), nl=False)
        click.echo(f"{made.added:,} run(s) added to {configuration.store}", err=True)
    for shard, why in made.refused.items():
        click.echo(f"error: {shard} was not merged: {why}", err=True)
    return made.exit_code
