"""harness results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.options import (
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
    from harness.workflows.configuration import Configuration

_target = click.option(
    "-o",
    "--output",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write into; made where it is not there.",
)


@click.group()
def results() -> None:
    """Results of other software into the store, ours and our rankings out of it.

    \b
    harness results import ~/.cache/mteb/results
    harness results export -o ./for-mteb
    """


@results.command("import")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--predictions",
    type=click.Path(path_type=Path),
    help="Rankings to judge by our metrics: mteb's prediction_folder or a file of it, or a run file of TREC (.gz).",
)
@click.option(
    "-s",
    "--suite",
    "suites",
    multiple=True,
    metavar="SUITE",
    help="With --predictions: the suites that were ranked (mteb:SciFact). Repeatable.",
)
@click.option(
    "--model", default="", metavar="NAME[@REVISION]", help="Whose results they are, where the files do not say."
)
@shared_cache
@shared_config
@shared_format
def import_(
    paths: tuple[Path, ...],
    predictions: Path | None,
    suites: tuple[str, ...],
    model: str,
    cache: Path | None,
    config: Path | None,
    store: Path | None,
    layout: str,
) -> int:
    """Put mteb's result files beside our runs in the table, as imported: no items. Or judge rankings as our own.

    PATHS: result files, or folders with files <org__model>/<revision>/<Task>.json. What is there already is not
    recorded again; a faulty file is named, and keeps no other from being read. Rankings become full runs, with a score
    per query and intervals.

    \b
    harness results import ~/.cache/mteb/results
    harness results import SciFact.json --model BAAI/bge-m3
    harness results import --predictions ./predictions -s mteb:SciFact
    harness results import --predictions bm25.run.gz -s ./my-suite --model lucene
    """
    if bool(paths) == bool(predictions):
        raise UsageError("name result files, or rankings with --predictions: one of the two")
    configuration = configured(config, store, cache)
    if predictions is None:
        if suites:
            raise UsageError("-s goes with --predictions: a result file says what it is of")
        return _import_results(paths, configuration, model, layout)
    if not suites:
        raise UsageError("--predictions needs -s: the suites that were ranked, as in -s mteb:SciFact")
    return _import_predictions(predictions, suites, configuration, model, layout)


@results.command()
@shared_selection
@_target
@shared_cache
@shared_config
def export(
    suites: tuple[str, ...],
    embedders: tuple[str, ...],
    folder: Path,
    cache: Path | None,
    config: Path | None,
    store: Path | None,
) -> None:
    """Write the latest runs as mteb's result files, which `mteb.ResultCache(FOLDER).load_results()` reads.

    Only what means the same there goes by mteb's names. What it has no result for is skipped, and named.

    \b
    harness results export -o ./for-mteb -s mteb:SciFact
    """
    configuration = configured(config, store, cache)

    from harness.report import listing
    from harness.workflows.results import exports as workflow

    made = workflow.export_results(folder, suites, embedders, configuration)
    for (suite, embedder), why in made.skipped.items():
        click.echo(f"skipped: {embedder} · {suite}: {why}", err=True)
    click.echo(listing(workflow.COLUMNS, made.rows, "csv"), nl=False)


@results.command()
@shared_selection
@_target
@click.option(
    "--format",
    "kind",
    type=click.Choice(("trec", "mteb")),
    default="trec",
    show_default=True,
    help="A run file of TREC, or mteb's <Task>_predictions.json.",
)
@click.option("--depth", type=click.IntRange(min=1), default=1000, show_default=True, help="Answers per query.")
@shared_consent
@shared_cache
@shared_config
def rankings(
    suites: tuple[str, ...],
    embedders: tuple[str, ...],
    folder: Path,
    kind: str,
    depth: int,
    allow_remote: bool,  # noqa: FBT001 # click passes a flag by name
    cache: Path | None,
    config: Path | None,
    store: Path | None,
) -> None:
    """Write what each embedder answers to the queries of retrieval and reranking suites, best first.

    Vectors come from the cache where they are there. The files are <FOLDER>/<embedder>/<suite>.run.

    \b
    harness results rankings -s zh/lexical-gap -e bm25: -o ./runs
    harness results rankings -s mteb:SciFact -e bm25: -o ./predictions --format mteb --depth 100
    """
    configuration = configured(config, store, cache)
    limit_threads(configuration.threads)

    from harness.report import listing
    from harness.workflows.results import rankings as workflow
    from harness.workflows.terms import terms

    asked = workflow.RankingsRequest(suites, embedders, folder, "mteb" if kind == "mteb" else "trec", depth)
    made = workflow.write_rankings(asked, configuration, terms(configuration, allow_remote=allow_remote), _tell)
    for one in made:
        if one.reason:
            click.echo(f"skipped: {one.embedder} · {one.suite}: {one.reason}", err=True)
    click.echo(listing(workflow.COLUMNS, [one.row() for one in made if not one.reason], "csv"), nl=False)


def _import_results(paths: tuple[Path, ...], configuration: Configuration, model: str, layout: str) -> int:
    from harness.report import listing
    from harness.workflows.results import imports as workflow

    made = workflow.import_results(paths, configuration, model, _tell)
    click.echo(listing(workflow.COLUMNS, made.rows(), layout), nl=False)
    for note in made.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"{len(made.new):,} new, {len(made.runs) - len(made.new):,} there already", err=True)
    if made.refused:
        click.echo(f"error: {len(made.refused):,} file(s) were refused:", err=True)
        for file, why in made.refused.items():
            click.echo(f"  {file}: {why}", err=True)
    return UsageError.exit_code if made.refused else 0


def _import_predictions(
    path: Path, suites: tuple[str, ...], configuration: Configuration, model: str, layout: str
) -> int:
    limit_threads(configuration.threads)

    from harness.report import comparison
    from harness.workflows.results.predictions import import_predictions
    from harness.workflows.run import rows
    from harness.workflows.table import remarks_of

    runs = import_predictions(path, suites, configuration, model, _tell)
    for run in runs:
        for finding in run.findings:
            if finding.value is not None:
                click.echo(f"note: {run.suite}: {finding.value:g} {finding.note}", err=True)
    click.echo(comparison(rows(runs), layout, remarks_of(runs)), nl=False)
    return 0


def _tell(line: str) -> None:
    click.echo(line, err=True)
