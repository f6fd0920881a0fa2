"""The options of `harness suites list --mteb`, and what they print."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import click

from harness.cli.options import configured
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.cli.options import Command
    from harness.workflows.mteb_listing import Wanted

_OPTIONS = (
    click.option("--mteb", is_flag=True, help="The tasks of mteb."),
    click.option("--benchmarks", is_flag=True, help="Its benchmarks instead."),
    click.option("--language", "languages", multiple=True, metavar="CODE", help="zho, eng, zho-Hans. Repeatable."),
    click.option("--type", "types", multiple=True, metavar="TYPE", help="Retrieval, STS, … Repeatable."),
    click.option("--domain", "domains", multiple=True, metavar="DOMAIN", help="Legal, Medical, … Repeatable."),
    click.option("--benchmark", default="", metavar="NAME", help="Only the tasks of this benchmark."),
    click.option(
        "--modality",
        "modalities",
        multiple=True,
        metavar="MODALITY",
        help="Only what needs nothing but text, image, audio or video. Repeatable.",
    ),
    click.option("--search", "words", default="", metavar="WORDS", help="Only where all of these words occur."),
    click.option("--all", "every", is_flag=True, help="Tasks that newer ones replace, and private ones, too."),
)


def choice_of_mteb(command: Command) -> Command:
    """--mteb, --benchmarks, and what chooses from them: the fields of `Wanted`, by their names."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def refuse_misfits(wanted: Wanted, *, mteb: bool, benchmarks: bool) -> None:
    """Raises UsageError for options that choose from nothing."""
    given = {field.name for field in fields(wanted) if getattr(wanted, field.name)}
    if not mteb and (given or benchmarks):
        raise UsageError("these options choose from the tasks of mteb: say --mteb too")
    if benchmarks and given - {"words"}:
        raise UsageError("--benchmarks can be chosen from by --search alone")


def list_tasks(wanted: Wanted, layout: str) -> None:
    """Print the tasks; what is to be said about them goes to stderr."""
    from harness import report
    from harness.report.items import table_or_items
    from harness.workflows import mteb_listing

    found = mteb_listing.tasks(wanted, configured(None, None).cache)
    if layout == "table":
        click.echo(table_or_items(mteb_listing.BRIEF, found.brief(), whole=True), nl=False)
    else:
        click.echo(report.listing(mteb_listing.COLUMNS, found.rows(), layout), nl=False)
    for remark in found.remarks():
        click.echo(remark, err=True)


def list_benchmarks(wanted: Wanted, layout: str) -> None:
    """Print the benchmarks, and on stderr how one is run."""
    from harness import report
    from harness.workflows import mteb_listing

    rows = mteb_listing.benchmarks(wanted, configured(None, None).cache)
    click.echo(report.listing(mteb_listing.BENCHMARKS, rows, layout), nl=False)
    if rows:
        click.echo(mteb_listing.to_run(str(rows[0][0]), "all tasks of one"), err=True)
