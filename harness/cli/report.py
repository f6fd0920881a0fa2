"""harness report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.files import write
from harness.cli.needs import shared_needs
from harness.cli.options import configured, shared_cache, shared_config, shared_lang, shared_selection

if TYPE_CHECKING:
    from harness.compare.choice import Needs
    from harness.report.phrases import Lang

_ENDINGS = {"html": ".html", "markdown": ".md"}
_STDOUT = Path("-")


@click.command()
@shared_selection
@shared_needs
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    help="The file to write, - for stdout; replaces what was there.  [default: reports/report.html by the store]",
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(list(_ENDINGS)),
    help="What to write.  [default: markdown for a file that ends in .md, else html]",
)
@shared_lang
@shared_config
@shared_cache
def report(
    suites: tuple[str, ...],
    embedders: tuple[str, ...],
    needs: Needs,
    file: Path | None,
    layout: str | None,
    lang: Lang,
    config: Path | None,
    store: Path | None,
    cache: Path | None,
) -> None:
    """A report to hand on: which embedder to take and why, in one file that opens without network.

    The decision, the scores with what they prove, quality against cost, costs, needs, open questions, what was not
    measured, data, environment, and the commands that make it again. The file has no script and loads nothing.

    \b
    harness report
    harness report -s zh --lang zh -o report.html --max-latency-p95 50ms --local-only
    harness report -o report.md
    """
    configuration = configured(config, store, cache)

    from harness.report.page import page
    from harness.workflows.report import report as workflow

    content = workflow(configuration, suites, embedders, needs)
    form = layout or ("markdown" if file and file.suffix == _ENDINGS["markdown"] else "html")
    text = page(content, form, lang)
    if file == _STDOUT:
        click.echo(text, nl=False)
        return
    target = file or configuration.store.parent / "reports" / f"report{_ENDINGS[form]}"
    write(target, text)
    click.echo(f"wrote {target}", err=True)
