"""harness suites list|claims|show|check|new|import."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.imports import import_
from harness.cli.mteb_listing import choice_of_mteb, list_benchmarks, list_tasks, refuse_misfits
from harness.cli.options import configured, shared_format


@click.group()
def suites() -> None:
    """What an embedder can be judged on.

    \b
    harness suites list
    """


@suites.command("list")
@choice_of_mteb
@shared_format
def list_(
    mteb: bool,  # noqa: FBT001 # click passes a flag by name
    benchmarks: bool,  # noqa: FBT001 # the same
    languages: tuple[str, ...],
    types: tuple[str, ...],
    domains: tuple[str, ...],
    benchmark: str,
    modalities: tuple[str, ...],
    words: str,
    every: bool,  # noqa: FBT001 # the same
    layout: str,
) -> None:
    """The built-in suites, and (as a table) what each claim about embeddings is checked by.

    With --mteb, the tasks of mteb instead, from its registry: without network and without their data.

    \b
    harness suites list --format markdown
    harness suites list --mteb --language zh --type Retrieval
    harness suites list --mteb --benchmarks --search cmn
    """
    from harness import report
    from harness.workflows.mteb_listing import Wanted
    from harness.workflows.suites import claims, listing

    wanted = Wanted(languages, types, domains, modalities, benchmark, words, every)
    refuse_misfits(wanted, mteb=mteb, benchmarks=benchmarks)
    if mteb:
        (list_benchmarks if benchmarks else list_tasks)(wanted, layout)
        return
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

    found = chosen(suite, _cache((suite,)))
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
    from harness.workflows.quality import COLUMNS, examine, read_as, rows

    found = []
    for one in examine(suites, _cache(suites), stamped=stamp):
        found.append(one)
        if layout == "table" and one.suite:
            click.echo(f"ok  {one.name}: {read_as(one.suite)}")
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


def _cache(names: tuple[str, ...]) -> Path | None:
    """Where harness.toml says that tasks of mteb's are kept; what is not of mteb needs no harness.toml."""
    from harness.catalogue.mteb.names import is_mteb

    return configured(None, None).cache if any(map(is_mteb, names)) else None


suites.add_command(import_)
