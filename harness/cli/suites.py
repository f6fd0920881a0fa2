"""harness suites list|claims|show|check|new|import."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.imports import import_
from harness.cli.options import shared_format


@click.group()
def suites() -> None:
    """What an embedder can be judged on.

    \b
    harness suites list
    """


@suites.command("list")
@shared_format
def list_(layout: str) -> None:
    """The built-in suites, and (as a table) what each claim about embeddings is checked by.

    \b
    harness suites list --format markdown
    """
    from harness import report
    from harness.workflows.suites import claims, listing

    click.echo(report.listing(*listing(), layout, by_folder=True), nl=False)
    if layout == "table":
        click.echo("\nWhat each claim about embeddings is checked by (harness suites claims --format …):")
        click.echo(report.listing(*claims(), layout), nl=False)


@suites.command("claims")
@shared_format
def claims_(layout: str) -> None:
    """What is said about embeddings, and which suite, metric or finding checks it.

    \b
    harness suites claims --format markdown
    """
    from harness import report
    from harness.workflows.suites import claims

    click.echo(report.listing(*claims(), layout), nl=False)


@suites.command()
@click.argument("suite")
@shared_format
def show(suite: str, layout: str) -> None:
    """What a suite asks, how much it holds, and (as a table) its README.

    \b
    harness suites show zh/process
    """
    from harness import report
    from harness.workflows.suites import FACTS, chosen, description, facts

    found = chosen(suite)
    if layout == "table":
        click.echo("\n\n".join(map(description, found)))
    else:
        click.echo(report.listing(FACTS, [facts(one) for one in found], layout), nl=False)


@suites.command()
@click.argument("suites", nargs=-1, required=True, metavar="SUITE…")
@click.option("--strict", is_flag=True, help="Exit code 3 for warnings too.")
@click.option("--stamp", is_flag=True, help="Confirm all labels of qrels: write the hash of each labelled document.")
@shared_format
def check(suites: tuple[str, ...], layout: str, *, strict: bool, stamp: bool) -> int:
    """Report every fault of suites with file, line and key, and what else is to be known about their quality.

    Exit code 3 when there are faults: such a suite cannot be run. Notes about one that can: duplicates, answers and
    labels that can be guessed (with what the guess scores), stale labels, how small a difference it can show.

    \b
    harness suites check ./my-suite zh
    """
    from harness import report
    from harness.errors import SuiteError
    from harness.workflows.quality import COLUMNS, examine, rows

    found = []
    for one in examine(suites, stamped=stamp):
        found.append(one)
        if layout == "table" and one.suite:
            click.echo(f"ok  {one.name}: {one.suite.kind}, {one.suite.size} texts")
            click.echo(report.notes_terminal(one.notes), nl=False)
        elif layout == "table":
            click.echo(one.faults, err=True)
    if layout != "table":
        click.echo(report.listing(COLUMNS, rows(found), layout), nl=False)
    refused = any(one.faults or (strict and one.warnings) for one in found)
    return SuiteError.exit_code if refused else 0


@suites.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--kind", required=True, metavar="KIND", help="retrieval, similarity, classification, …")
def new(path: Path, kind: str) -> None:
    """Write a suite to begin with: a suite.yaml that explains itself, and a few rows for each of its tables.

    \b
    harness suites new ./my-suite --kind retrieval
    """
    from harness.workflows.suites import begin

    for file in begin(path, kind):
        click.echo(file)


suites.add_command(import_)
