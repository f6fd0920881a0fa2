"""harness suites import."""

from __future__ import annotations

import os
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.options import shared_format
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.workflows.imports import Imported

FORMATS = (
    *("analogies", "beir", "bpmn", "csv", "folder", "jsonl", "parquet"),
    *("processes", "sql", "sts", "trec", "tsv", "xes"),
)
"""As in harness.catalogue.importers, which `harness --help` must not import."""
COLUMNS = ("suite", "kind", "folder", "rows", "notes", "next")


_GIVEN = "harness.cli.imports"
"""Where the options of the formats are kept until the command runs: there are too many to name each a second time."""


def _keep(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value is not False and value not in {None, ()}:
        context.meta.setdefault(_GIVEN, {})[str(option.name).rstrip("_")] = value


_of_format = partial(click.option, expose_value=False, callback=_keep)
_several = partial(_of_format, multiple=True)


@click.command("import")
@click.argument("format_", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("source")
@click.argument("dest", type=click.Path(path_type=Path))
@_of_format("--kind", help="csv, tsv, jsonl, parquet, sql: the kind of suite (retrieval, pairs, classification, …).")
@_several(
    "--map", "map_", metavar="FIELD=COLUMN", help="What a field is called in the source; query: all of its columns."
)
@_several("--table", metavar="NAME=FILE", help="A further table of the suite (train=train.csv).")
@_several("--positive", metavar="LABEL", help="Labels of pairs that are a match; others are not.")
@_of_format("--delimiter", help="csv: what is between cells: ; or tab, for example.  [default: ,]")
@_of_format("--encoding", help="Of text that is not UTF-8: gb18030, big5, utf-16, …")
@_of_format("--skip-faulty", is_flag=True, help="Leave faulty rows out, and count them, where one would end it all.")
@_of_format("--query", help="sql: what to select.")
@_of_format("--split", help="beir: which judgements.  [default: test]")
@_of_format("--topics", help="trec: the file with the topics.")
@_of_format("--qrels", help="trec: the file with the judgements.")
@_of_format("--documents", help="trec: the file with the documents.")
@_of_format("--topic-field", type=click.Choice(("title", "desc")), help="trec: the query.  [default: title]")
@_of_format("--minimum-share", type=float, help="xes: of the traces, to make an edge.  [default: 0.05]")
@_of_format("--activity", metavar="KEY", help="xes: what says the activity.  [default: concept:name]")
@_several("--step-type", metavar="TYPE", help="processes: nodes that are steps; others route.")
@_of_format("--split-by", type=click.Choice(("file", "heading")), help="folder: a document is …  [default: file]")
@click.option("--parameter", multiple=True, metavar="NAME=VALUE", help="A parameter of the suite (use_title=false).")
@click.option(
    "--metric", multiple=True, help="A metric of the suite, the headline first.  [default: usual for the kind]"
)
@click.option("--title", default="", help="The title of the suite.")
@click.option("--licence", default="", help="The licence of the data.")
@shared_format
@click.pass_context
def import_(
    context: click.Context,
    format_: str,
    source: str,
    dest: Path,
    parameter: tuple[str, ...],
    metric: tuple[str, ...],
    title: str,
    licence: str,
    layout: str,
) -> None:
    """Write the data in SOURCE as a suite into the new folder DEST.

    \b
    harness suites import csv faq.csv ./faq --kind retrieval --map query=question --map document=answer
    harness suites import jsonl test.jsonl ./intents --kind classification --table train=train.jsonl
    harness suites import beir ./scifact ./scifact-suite --parameter use_title=false
    harness suites import sql shop.duckdb ./pairs --kind pairs --query "select a sentence1, b sentence2, label from p"
    harness suites import xes log.xes.gz ./process --minimum-share 0.1
    harness suites import folder ./handbook ./handbook-suite --split-by heading
    """
    from harness.catalogue.importers.request import Request, parameters
    from harness.workflows.imports import FaultyRowsError, import_suite

    asked = Request(
        format=format_,
        source=source,
        options=context.meta.get(_GIVEN, {}),
        parameters=parameters(parameter),
        metrics=metric,
        title=title,
        licence=licence,
    )
    try:
        imported = import_suite(asked, dest, lambda line: click.echo(line, err=True))
    except FaultyRowsError as error:
        raise UsageError(f"{error}\nmend them, or leave such rows out: --skip-faulty") from error
    except KeyboardInterrupt as stopped:
        from harness.cli import INTERRUPTED

        click.echo("interrupted: nothing was written", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from stopped
    for note in imported.notes:
        click.echo(f"note: {note}", err=True)
    _show(imported, layout)


def _show(imported: Imported, layout: str) -> None:
    rows = ", ".join(f"{table} {count}" for table, count in imported.rows.items())
    where = _typed(imported.folder)
    following = f"harness run -s {where} -e baseline:hashing"
    if not imported.labelled:
        following = f"harness suites check {where}"
    if layout != "table":
        from harness.report import listing

        row = [imported.suite, imported.kind, str(imported.folder), rows, "; ".join(imported.notes), following]
        click.echo(listing(COLUMNS, [row], layout), nl=False)
        return
    click.echo(f"{imported.suite}: {imported.kind}, {rows}")
    if not imported.labelled:
        click.echo(f"to be labelled: write queries.jsonl and qrels.tsv, as {imported.folder / 'README.md'} says")
    click.echo(f"next: {following}")


def _typed(folder: Path) -> str:
    """A folder as a shell takes it, and as no name of a suite that comes with the harness: zh is one, ./zh is not."""
    text = str(folder)
    plain = not folder.is_absolute() and not text.startswith((".", "~"))
    return shlex.quote(f".{os.sep}{text}" if plain else text)
