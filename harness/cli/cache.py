"""harness cache info|clear."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.options import configured, shared_format
from harness.errors import StoreError

_folder = click.option(
    "--cache", "folder", type=click.Path(file_okay=False, path_type=Path), help="The cache's folder."
)


@click.group()
def cache() -> None:
    """The vector cache: every text is embedded once per embedder and role.

    \b
    harness cache info
    """


@cache.command()
@_folder
@shared_format
def info(folder: Path | None, layout: str) -> None:
    """Where the cache is, how many vectors it holds, how large it is.

    \b
    harness cache info
    """
    from harness import report
    from harness.embedders.vector_cache import VectorCache

    with VectorCache(_chosen(folder)) as vectors:
        about = vectors.info()
    if layout == "table":
        click.echo(f"{about.folder}: {about.entries} vectors, {about.size / 2**20:.1f} MiB")
    else:
        rows = [[about.folder, about.entries, about.size]]
        click.echo(report.listing(("folder", "vectors", "bytes"), rows, layout), nl=False)


@cache.command()
@_folder
@click.option("--yes", is_flag=True, help="Do not ask.")
def clear(folder: Path | None, yes: bool) -> None:  # noqa: FBT001 # click passes a flag by name
    """Delete every cached vector. Results in the store stay.

    \b
    harness cache clear --yes
    """
    from harness.embedders.vector_cache import VectorCache

    chosen = _chosen(folder)
    if not yes and not click.confirm(f"Delete every vector in {chosen}?", err=True):
        click.echo("nothing deleted", err=True)
        return
    with VectorCache(chosen) as vectors:
        try:
            held = f"{vectors.info().entries} vectors"
        except StoreError:  # damaged, or of another version: then clearing is the way out
            held = "an unreadable cache"
        vectors.clear()
    click.echo(f"{held} deleted from {chosen}")


def _chosen(folder: Path | None) -> Path:
    from harness.embedders.vector_cache import default_cache_folder

    return folder or configured(None, None).cache or default_cache_folder()
