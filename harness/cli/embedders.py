"""harness embedders list|check."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.options import configured, limit_threads, shared_consent, shared_format
from harness.errors import EmbedderError


@click.group()
def embedders() -> None:
    """Who can be judged.

    \b
    harness embedders list
    """


@embedders.command("list")
@shared_format
def list_(layout: str) -> None:
    """The backends, the models that ship inside registry packages, and the names in harness.toml.

    \b
    harness embedders list
    """
    from harness import report
    from harness.workflows.embedders import listing

    click.echo(report.listing(*listing(configured(None, None)), layout), nl=False)


@embedders.command()
@click.argument("spec")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="The configuration to read.")
@shared_consent
@shared_format
def check(
    spec: str,
    config: Path | None,
    allow_remote: bool,  # noqa: FBT001 # click passes a flag by name
    layout: str,
) -> int:
    """Check that an embedder keeps the contract: shape, order, finite numbers, determinism. Yours too.

    Exit code 4 when it does not.

    \b
    harness embedders check packaged:use-multilingual
    """
    configuration = configured(config, None)
    limit_threads(configuration.threads)

    from harness import report
    from harness.workflows.embedders import check as workflow
    from harness.workflows.terms import terms

    checks = workflow(configuration.spec(spec), terms(configuration, allow_remote=allow_remote))
    if layout == "table":
        for one in checks:
            click.echo(f"{'ok    ' if one.passed else 'FAILED'}  {one.name}" + (f": {one.note}" if one.note else ""))
    else:
        rows = [[one.name, one.passed, one.note] for one in checks]
        click.echo(report.listing(("clause", "passed", "note"), rows, layout), nl=False)
    return 0 if all(one.passed for one in checks) else EmbedderError.exit_code
