"""harness findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.options import configured, shared_cache, shared_config, shared_format, shared_selection

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@shared_selection
@click.option("--name", "names", multiple=True, metavar="FINDING", help="Only findings of this name. Repeatable.")
@shared_config
@shared_cache
@shared_format
def findings(
    suites: tuple[str, ...],
    embedders: tuple[str, ...],
    names: tuple[str, ...],
    config: Path | None,
    store: Path | None,
    cache: Path | None,
    layout: str,
) -> None:
    """What is to be known about the latest runs beside their scores, warnings first.

    Tokens per text, texts that a model cuts, unknown words, texts that get the same vector, left-out rows, whether an
    embedder gives the same vector twice, p-values of permutation tests …

    \b
    harness findings -s zh --name duplicate_vectors --name unknown_tokens
    """
    configuration = configured(config, store, cache)

    from harness.report import listing
    from harness.workflows import findings as workflow

    rows = workflow.findings(configuration, suites, embedders, names)
    if layout in {"table", "markdown"}:
        click.echo(listing(workflow.BRIEF, workflow.brief(rows), layout), nl=False)
    else:
        click.echo(listing(workflow.COLUMNS, rows, layout), nl=False)
