"""harness profile."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.options import FiniteRange, configured, limit_threads, shared_config, shared_consent, shared_format


@click.command()
@click.option(
    "-e",
    "--embedder",
    "embedders",
    multiple=True,
    metavar="EMBEDDER",
    help="backend:model?option=value, or a name in harness.toml. Repeatable.",
)
@click.option(
    "--documents",
    default="1M",
    show_default=True,
    metavar="NUMBER",
    help="How many documents to tell hours and money for: 300000, 2.5k, 10M, 1B, 10万.",
)
@click.option(
    "--texts",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Your own texts, one a line, instead of made-up ones.",
)
@click.option(
    "--seconds",
    type=FiniteRange(min=0.5),
    default=20.0,
    show_default=True,
    help="About how long the calls of each embedder are timed; slow ones are tried with fewer batches.",
)
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    help="Threads for embedding.  [default: half of the processors]",
)
@shared_consent
@shared_config
@shared_format
def profile(
    embedders: tuple[str, ...],
    documents: str,
    texts: Path | None,
    seconds: float,
    threads: int | None,
    allow_remote: bool,  # noqa: FBT001 # click passes a flag by name
    config: Path | None,
    store: Path | None,
    layout: str,
) -> int:
    """What embedders cost to run, measured on this machine, side by side; recorded with the environment.

    Cold start, latency of one query, throughput by texts per call, memory, parameters, bytes of an index, hours and
    money for your number of documents; whether it needs the network, a key, sends texts elsewhere, and under which
    licence it stands. Each embedder runs in a process of its own, one after the other, never through the cache.

    \b
    harness profile -e packaged:use-multilingual -e packaged:all-MiniLM-L6-v2 --documents 10M
    harness profile -e baseline:hashing --texts my-texts.txt --format json
    """
    from dataclasses import replace

    configuration = configured(config, store)
    limit_threads(threads or configuration.threads)

    from harness.cli.progress import stages
    from harness.diagnostics.cost import document_count
    from harness.errors import EmbedderError
    from harness.report.profile import profiles
    from harness.workflows.profile import profiling
    from harness.workflows.terms import terms

    agreed = terms(configuration, allow_remote=allow_remote)
    asked = profiling.request(configuration, embedders, document_count(documents), agreed)
    own = profiling.read_texts(texts) if texts else ()
    with stages() as watch:
        found = profiling.profile(replace(asked, texts=own, seconds=seconds), watch)
    click.echo(profiles(found, layout), nl=False)
    return EmbedderError.exit_code if profiling.failed(found) else 0
