"""harness baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.options import configured, shared_cache, shared_config, shared_format, shared_selection
from harness.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from harness.workflows.baselines import Kept


@click.group()
def baseline() -> None:
    """Keep results in the repository, to test later ones against: text files that a review can read.

    \b
    harness baseline save main
    harness baseline list
    """


@baseline.command()
@click.argument("name")
@shared_selection
@click.option("--anchor", is_flag=True, help="A dated baseline that blessing does not move; call it 2026-q3, say.")
@click.option("--force", is_flag=True, help="Give up what has this name: other results, an anchor, damaged files.")
@shared_config
@shared_cache
def save(
    name: str,
    suites: tuple[str, ...],
    embedders: tuple[str, ...],
    anchor: bool,  # noqa: FBT001 # click passes a flag by name
    force: bool,  # noqa: FBT001 # the same
    config: Path | None,
    store: Path | None,
    cache: Path | None,
) -> None:
    """Write the latest runs of the store to baselines/NAME.jsonl and NAME.items.tsv, beside the store.

    The same results again change not a byte. Where NAME holds other results, or fewer or more, this is refused: bless
    puts results there with the reason, --force without one; the history of blessings stays. What failed, does not
    apply, was imported or ran on older data is left out, and named.

    \b
    harness baseline save main
    harness baseline save 2026-q3 --anchor -s zh -e bm25:
    """
    configuration = configured(config, store, cache)

    from harness.workflows import baselines as workflow

    asked = workflow.SaveRequest(name, suites, embedders, anchor, force)
    today = workflow.today()
    made = workflow.save_baseline(configuration, asked, today)
    if made.written and anchor and not any(map(str.isdigit, name)):
        click.echo(
            f"note: an anchor is dated, so that its name says what it is: {workflow.anchor_name(today)}", err=True
        )
    _report(made)


@baseline.command()
@click.argument("name")
@click.option("--reason", required=True, metavar="TEXT", help="Why the newest results are right; kept in the file.")
@shared_selection
@shared_config
@shared_cache
@shared_format
def bless(
    name: str,
    reason: str,
    suites: tuple[str, ...],
    embedders: tuple[str, ...],
    config: Path | None,
    store: Path | None,
    cache: Path | None,
    layout: str,
) -> None:
    """Make the newest results the baseline, and keep the day and the reason in it.

    Of what it holds, or of what -s and -e name; everything else in it stays. An anchor is refused: save a new one.

    \b
    harness baseline bless main --reason "new chunking, reviewed in #41"
    harness baseline bless main --reason "first results" -e baseline:hashing
    """
    configuration = configured(config, store, cache)

    from harness.report import listing
    from harness.workflows import baselines as workflow

    asked = workflow.BlessRequest(name, reason, suites, embedders)
    made = workflow.bless_baseline(configuration, asked, workflow.today())
    if not made.written:
        click.echo("nothing was blessed: these results are in it already", err=True)
    click.echo(listing(workflow.CHANGED, made.changes, layout), nl=False)
    _report(made)


@baseline.command("list")
@shared_config
@shared_format
def list_(config: Path | None, store: Path | None, layout: str) -> int:
    """Every baseline beside the store: whether it is an anchor, since when, what it holds, why it was last blessed.

    \b
    harness baseline list
    """
    configuration = configured(config, store)

    from harness.report import listing
    from harness.workflows import baselines as workflow

    rows, faults = workflow.list_baselines(configuration, workflow.today())
    if rows or not faults:
        click.echo(listing(workflow.LISTED, rows, layout), nl=False)
    for fault in faults.values():
        click.echo(f"error: {fault}", err=True)
    if not rows and not faults:
        folder = workflow.baselines_folder(configuration)
        click.echo(f"there is no baseline in {folder}: make one with harness baseline save main", err=True)
    return UsageError.exit_code if faults else 0


@baseline.command()
@click.argument("name")
@shared_config
@shared_format
def show(name: str, config: Path | None, store: Path | None, layout: str) -> None:
    """The scores of a baseline, its age, its environment, the data it was made on, and its history of blessings.

    \b
    harness baseline show main
    harness baseline show main --format json
    """
    configuration = configured(config, store)

    from harness.report import comparison, document, listing
    from harness.workflows import baselines as workflow

    kept, rows = workflow.show_baseline(configuration, name)
    if layout == "json":
        click.echo(document(workflow.document_of(kept, rows, workflow.today())), nl=False)
        return
    click.echo(comparison(rows, layout), nl=False)
    if layout != "csv":
        click.echo("\n" + listing(workflow.FACTS, workflow.facts(kept, workflow.today()), layout), nl=False)


def _report(made: Kept) -> None:
    """What is in the files now, and what is not."""
    from harness.workflows.baselines import item_count

    together: dict[tuple[str, str], list[str]] = {}
    for (suite, embedder), why in made.left_out.items():
        together.setdefault((embedder, why), []).append(suite)
    for (embedder, why), suites in together.items():
        click.echo(f"left out: {embedder} · {', '.join(suites)}: {why}", err=True)
    runs = made.baseline.runs
    held = [len({getattr(run, what) for run in runs}) for what in ("embedder", "suite")]
    counts = f"{held[0]:,} embedder(s), {held[1]:,} suite(s), {item_count(runs):,} items"
    state = "saved" if made.written else f"unchanged since {made.baseline.saved}"
    what = "anchor" if made.baseline.anchor else "baseline"
    click.echo(f"{what} {made.baseline.name} {state}: {counts}", err=True)
    click.echo(f"  {made.files.scores}\n  {made.files.items}", err=True)
