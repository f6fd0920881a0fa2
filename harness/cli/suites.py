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
def show(suite: str) -> None:
    """What a suite asks, how much it holds, and its README.

    \b
    harness suites show zh/process
    """
    from harness.workflows.suites import description

    click.echo(description(suite))


@suites.command()
@click.argument("suites", nargs=-1, required=True, metavar="SUITE…")
def check(suites: tuple[str, ...]) -> int:
    """Read suites and report every fault with file, line and key. Exit code 3 when there are any.

    \b
    harness suites check ./my-suite zh
    """
    from harness.workflows.suites import checks

    code = 0
    for outcome in checks(suites):
        click.echo(outcome.text, err=outcome.code != 0)
        code = max(code, outcome.code)
    return code
