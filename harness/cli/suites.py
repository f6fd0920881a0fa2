"""harness suites list|show|check."""

from __future__ import annotations

import click

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
    """The built-in suites.

    \b
    harness suites list --format markdown
    """
    from harness import report
    from harness.workflows.suites import listing

    click.echo(report.listing(*listing(), layout), nl=False)


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
@shared_format
def check(suites: tuple[str, ...], layout: str) -> int:
    """Read suites and report every fault with file, line and key. Exit code 3 when there are any.

    \b
    harness suites check ./my-suite zh
    """
    from harness import report
    from harness.errors import SuiteError
    from harness.workflows.suites import checks

    found = dict(checks(suites))
    faulty = [one for one in found.values() if isinstance(one, SuiteError)]
    if layout == "table":
        for name, one in found.items():
            if isinstance(one, SuiteError):
                click.echo(one, err=True)
            else:
                click.echo(f"ok  {name}: {one.kind}, {one.size} texts")
    else:
        rows = [[name, "faulty", str(one)] if one in faulty else [name, "ok", ""] for name, one in found.items()]
        click.echo(report.listing(("suite", "status", "faults"), rows, layout), nl=False)
    return SuiteError.exit_code if faulty else 0
