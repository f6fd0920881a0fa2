"""harness history."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.files import write
from harness.cli.options import configured, shared_cache, shared_config, shared_format, shared_selection


@click.command()
@shared_selection
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="METRIC",
    help="A metric, as in ndcg@10. Repeatable.  [default: the headline of each suite]",
)
@click.option(
    "--svg",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also draw the courses into this file, as SVG.",
)
@shared_config
@shared_cache
@shared_format
def history(
    suites: tuple[str, ...],
    embedders: tuple[str, ...],
    metrics: tuple[str, ...],
    file: Path | None,
    config: Path | None,
    store: Path | None,
    cache: Path | None,
    layout: str,
) -> None:
    """The course of a score over all runs of an embedder on a suite, with the points where it changed.

    Each run is compared, item by item, with the last change (at first, with the first run), so that a slow slide is
    found too; p is corrected for all runs of the course (Holm). Nothing is compared across a change of the data.

    \b
    harness history -s zh/lexical-gap -e bm25:
    harness history --metric ndcg@10 --metric recall@10 --svg course.svg
    """
    configuration = configured(config, store, cache)

    from harness.report.course import courses
    from harness.workflows import history as workflow

    found = workflow.history(configuration, (suites, embedders, metrics))
    click.echo(courses(found, layout), nl=False)
    if file is not None:
        from harness.report.course.picture import picture

        write(file, picture(found))
        click.echo(f"drawn: {file}", err=True)
