"""harness gate."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.files import append, write
from harness.cli.options import configured, shared_cache, shared_config, shared_format, shared_selection
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.model import Policy
    from harness.workflows.configuration import Configuration
    from harness.workflows.gate.gate import GateRequest

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--baseline", metavar="NAME", help="Whom to stand against.  [default: that of harness.toml]")
@click.option(
    "--anchor", metavar="NAME", help="A dated baseline to stand against too.  [default: that of harness.toml]"
)
@shared_selection
@click.option(
    "--inconclusive",
    type=click.Choice(("warn", "fail")),
    help="What to do where the items do not tell.  [default: what harness.toml says, else warn]",
)
@click.option(
    "--check",
    "checking",
    is_flag=True,
    help="Judge nobody: only read configuration and baseline, and say what every gate needs.",
)
@click.option("--junit", type=_FILE, metavar="FILE", help="Write the verdict as JUnit XML.")
@click.option(
    "--summary",
    type=_FILE,
    metavar="FILE",
    help="Write the verdict as Markdown.  [default: added to the file that GITHUB_STEP_SUMMARY names]",
)
@click.option(
    "--annotations/--no-annotations",
    default=None,
    help="Print GitHub's annotations too, on stderr.  [default: where GITHUB_ACTIONS is true]",
)
@shared_config
@shared_cache
@shared_format
def gate(
    baseline: str | None,
    anchor: str | None,
    suites: tuple[str, ...],
    embedders: tuple[str, ...],
    inconclusive: Policy | None,
    checking: bool,  # noqa: FBT001 # click passes a flag by name
    junit: Path | None,
    summary: Path | None,
    annotations: bool | None,  # noqa: FBT001 # the same
    config: Path | None,
    store: Path | None,
    cache: Path | None,
    layout: str,
) -> int:
    """Hold the newest results of embedders against a baseline: not worse by more than a margin, on the same items.

    What is asked, harness.toml says ([gate]). An embedder that the baseline does not know stands against its only one;
    -e NEW=OLD says against which.

    Exit codes: 0 passed, 1 a regression, 2 the items do not tell (where that fails), 3 not comparable, not measured, or
    a fault of the configuration, 4 a run failed.

    \b
    harness gate --baseline main
    harness gate --baseline main --anchor 2026-q3 -e baseline:hashing --junit gate.xml --summary gate.md
    harness gate --check
    """
    configuration = configured(config, store, cache)

    from harness.report.verdicts import annotations as as_annotations
    from harness.report.verdicts import junit as as_junit
    from harness.report.verdicts import summary as as_summary
    from harness.report.verdicts import verdict
    from harness.workflows.baselines import today
    from harness.workflows.gate.gate import GateRequest
    from harness.workflows.gate.gate import gate as workflow

    asked = GateRequest(baseline or "", anchor or "", embedders, suites, inconclusive)
    if checking:
        return _check(configuration, asked, layout)
    found = workflow(configuration, asked, today())
    click.echo(verdict(found, layout), nl=False)
    if annotations or (annotations is None and os.environ.get("GITHUB_ACTIONS") == "true"):
        click.echo(as_annotations(found), err=True, nl=False)
    if layout in {"json", "csv"}:  # the others have them
        _tell(found.notes)
    # Last, so that a file that cannot be written takes no verdict from whoever reads the log.
    if junit:
        write(junit, as_junit(found))
    _summarise(summary, as_summary(found))
    return found.exit_code


def _check(configuration: Configuration, asked: GateRequest, layout: str) -> int:
    from harness.report import listing
    from harness.workflows.baselines import today
    from harness.workflows.gate.gate import checked
    from harness.workflows.gate.plans import COLUMNS, rows

    plans, notes = checked(configuration, asked, today())
    click.echo(listing(COLUMNS, rows(plans), layout), nl=False)
    _tell(notes)
    return 0


def _summarise(file: Path | None, text: str) -> None:
    """Into the file that was asked for, or at the end of the one that GitHub shows, which other steps write to too."""
    shown = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        write(file, text)
    elif shown:
        try:
            append(Path(shown), text)
        except UsageError as error:  # nobody asked for it here, and it decides nothing
            _tell([f"GITHUB_STEP_SUMMARY: {error}"])


def _tell(notes: Iterable[str]) -> None:
    for note in notes:
        click.echo(f"note: {note}", err=True)
