"""harness run."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.options import configured, limit_threads, shared_config, shared_layout, shared_selection


@click.command()
@shared_selection
@shared_config
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where vectors are kept.  [default: the user's cache folder, see `harness cache info`]",
)
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
    layout: str,
    every: bool,  # noqa: FBT001 # click passes a flag by name
) -> int:
    """Run every embedder on every suite, record each result as it ends, print the table.

    Without -s or -e, harness.toml says what to run. Vectors are cached: a second run embeds nothing again, an
    interrupted one goes on where it stopped.

    \b
    harness run -s zh/lexical-gap -e packaged:use-multilingual -e bm25:
    harness run -s ./my-suite -e st:sentence-transformers/all-MiniLM-L6-v2
    harness run -s zh -e packaged:use-multilingual --sweep dimensions=64,256,full --sweep precision=float32,int8,binary
    """
    from dataclasses import replace

    configuration = configured(config, store)
    limit_threads(threads or configuration.threads)

    from harness.cli.progress import progress
    from harness.report import comparison
    from harness.workflows import run as workflow

    if cache:
        configuration = replace(configuration, cache=cache)
    if similarity:
        sweeps = (*sweeps, f"similarity={similarity}")
    with progress() as watch:
        runs = workflow.run(workflow.request(configuration, suites, embedders, sweeps), watch)
    click.echo(comparison(workflow.rows(runs), layout, every=every), nl=False)
    error = workflow.failed(runs)
    return error.exit_code if error else 0
