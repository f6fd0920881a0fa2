"""harness best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.needs import shared_needs
from harness.cli.options import configured, shared_cache, shared_config, shared_format, shared_lang, shared_selection

if TYPE_CHECKING:
    from pathlib import Path

    from harness.compare.choice import Needs
    from harness.report.phrases import Lang


@click.command()
@shared_selection
@shared_needs
@shared_format
@shared_lang
@shared_config
@shared_cache
def best(
    suites: tuple[str, ...],
    embedders: tuple[str, ...],
    needs: Needs,
    layout: str,
    lang: Lang,
    config: Path | None,
    store: Path | None,
    cache: Path | None,
) -> None:
    """Which embedder to take, from what the store holds.

    Per suite and over all of them: who is shown to be worse than the leader, and who is not: the best set. From it the
    cheapest that meets your needs. What was not measured (`harness profile`) meets no need. [weights] in harness.toml
    says how much a suite counts. csv holds the standings alone.

    \b
    harness best -s zh --local-only --max-dimension 512
    harness best --max-latency-p95 50ms --max-cost 0.1 --min "zh/lexical-gap ndcg@10 > 0.7" --lang zh
    """
    configuration = configured(config, store, cache)

    from harness.report import listing
    from harness.report.decision import decision
    from harness.workflows.best import COLUMNS, decide, rows

    made = decide(configuration, suites, embedders, needs)
    click.echo(listing(COLUMNS, rows(made), layout) if layout == "csv" else decision(made, layout, lang), nl=False)
