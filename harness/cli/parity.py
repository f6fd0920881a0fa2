"""harness parity."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.options import FiniteRange, configured, limit_threads, shared_consent, shared_format
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.workflows.parity import Compared

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("a")
@click.argument("b", required=False)
@click.option("--against", type=_FILE, metavar="FILE", help="Compare A with vectors that --save stored.")
@click.option("--save", "saved", type=_FILE, metavar="FILE", help="Store what A answers, as Parquet.")
@click.option(
    "--min-cosine",
    type=FiniteRange(0, 1),
    default=0.999,
    show_default=True,
    help="How near a text's two vectors must be.",
)
@click.option(
    "--similarity",
    type=click.Choice(("cosine", "dot", "euclidean")),
    help="What the vectors are used with; only under cosine their lengths do not matter.  [default: as the specs say]",
)
@click.option("--longest", type=click.IntRange(16), default=8192, show_default=True, help="Words of the longest text.")
@click.option(
    "--patience",
    type=FiniteRange(min=0),
    default=6.0,
    show_default=True,
    metavar="SECONDS",
    help="How long texts of more than 2,048 words may be tried.",
)
@click.option("--config", type=_FILE, help="The configuration to read.")
@shared_consent
@shared_format
def parity(
    a: str,
    b: str | None,
    against: Path | None,
    saved: Path | None,
    min_cosine: float,
    similarity: str | None,
    longest: int,
    patience: float,
    config: Path | None,
    allow_remote: bool,  # noqa: FBT001 # click passes a flag by name
    layout: str,
) -> int:
    """Is it the same model behind two names? Names the cause where it is not.

    Asks both sides for the same texts, without labels and past the cache: vectors by role, alone and in batches, how
    far texts are read, prompts, lengths. Where they differ, one side is asked for changed texts until it gives the
    other's vectors. Exit code 0 when they are the same, 1 when they are not.

    \b
    harness parity packaged:all-MiniLM-L6-v2 st:./my-model
    harness parity packaged:use-multilingual --save canary.parquet
    harness parity packaged:use-multilingual --against canary.parquet
    """
    if sum(other is not None for other in (b, against, saved)) != 1:
        raise UsageError("name what to compare with: a second embedder, or --against FILE; or store A with --save FILE")
    configuration = configured(config, None)
    limit_threads(configuration.threads)

    from harness.workflows.parity import Request, compare, save
    from harness.workflows.terms import demand_consent, terms, under

    spec = configuration.spec(a)
    other = configuration.spec(b) if b else ""
    agreed = terms(configuration, allow_remote=allow_remote)
    demand_consent(agreed, filter(None, (spec, other)))
    keep = under(agreed)
    if saved:
        stored = save(spec, saved, longest, keep, patience)
        click.echo(f"stored what {a} answers to {len(stored.observation.vectors)} texts in {saved}", err=True)
        return 0
    found = compare(Request(spec, against or other, min_cosine, similarity or "", longest, keep, patience))
    _echo(found, layout)
    return 0 if found.parity.same else 1


def _echo(found: Compared, layout: str) -> None:
    """Print everything that was found, in the layout that --format names."""
    from harness import report
    from harness.workflows.parity import shown

    if layout == "json":
        click.echo(report.document(shown.plain(found)), nl=False)
        return
    if layout == "csv":
        click.echo(report.listing(shown.Row._fields, shown.texts(found), layout), nl=False)
        return
    click.echo(f"{shown.verdict(found)}\n")
    if layout == "markdown":
        click.echo(report.listing(shown.CAUSES, shown.causes(found), layout))
    elif found.parity.causes:
        click.echo(report.notes_terminal(shown.notes(found)))
    click.echo(report.listing(*shown.facts(found), layout))
    if rows := shown.worst(found):
        click.echo(report.listing(shown.WORST, rows, layout), nl=False)
