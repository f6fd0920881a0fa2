"""From what a process has reported to measures, in the order in which they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.diagnostics.cost import (
    Measure,
    absent,
    best_of,
    effort,
    index_sizes,
    latency,
    money,
    said,
    spread,
    throughput,
    yes_or_no,
)
from harness.workflows.profile.observed import CANDIDATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from harness.diagnostics.cost import Priced
    from harness.embedders.facts import Facts
    from harness.workflows.profile.observed import Kind, Memory, Observed, Start, Timings

_MB = 1_000_000
_NO_VECTORS = "not applicable: it makes no vectors"


@dataclass(frozen=True)
class Question:
    """What the numbers are to be turned into. documents: how many are to be embedded.

    texts: what was embedded, in words. price: of a million tokens, None where there is none or it is not known.
    """

    documents: int
    texts: str
    price: Priced | None = None


def measures(observed: Observed, starts: Sequence[Start], question: Question) -> tuple[Measure, ...]:
    """Every measure of one embedder. starts: all its cold starts."""
    return (
        *_starts(starts, observed.facts.loading),
        *_TIMED[observed.timings.kind](observed.timings, observed, question),
        *_memory(observed.memory, served=observed.facts.served),
        *_size(observed.facts),
        *_running(observed),
    )


def _starts(starts: Sequence[Start], loading: str | None) -> Iterator[Measure]:
    what = "a fresh process to its first answer; model files may be in the system's cache"
    yield spread("cold_start", [start.total for start in starts], "s", "; ".join(filter(None, (what, loading))))
    parts: Mapping[str, Callable[[Start], float]] = {
        "process": lambda start: start.process,
        "opening": lambda start: start.opening,
        "first answer": lambda start: start.first,
    }
    notes = {
        "process": "Python and the harness",
        "opening": "who it is: its files are digested",
        "first answer": "libraries, weights, one query",
    }
    for name, seconds in parts.items():
        yield spread("cold_start", [seconds(start) for start in starts], "s", notes[name], name)


def _embedder(timings: Timings, observed: Observed, question: Question) -> Iterator[Measure]:
    tokens = observed.tokens
    yield from latency(timings.latencies, "query_latency", "queries, one per call")
    yield from throughput(timings.rates, timings.skipped, tokens)
    note = f"of a document on average, {tokens.note}; {question.texts}"
    yield Measure("document_tokens", tokens.per_text, "tokens", note, caution=not tokens.own)
    yield Measure("dimension", float(timings.dimension), "numbers", "of a vector")
    yield from index_sizes(timings.dimension)
    best = best_of(timings.rates) if timings.rates else None
    most = max((rate.batch for rate in timings.rates), default=0)
    yield effort(question.documents, best, tokens, [batch for batch in sorted(timings.skipped) if batch > most])
    yield from money(question.documents, tokens, question.price, _without_price(observed.facts))


def _ranker(timings: Timings, observed: Observed, question: Question) -> Iterator[Measure]:
    del observed
    thousandths = [seconds * 1000 for seconds in timings.indexing]
    note = f"to index {CANDIDATES} documents and answer one query; {question.texts}"
    yield spread("indexing_time", thousandths, "ms", note)
    more = [seconds * 1000 for seconds in timings.latencies]
    yield spread("query_latency", more, "ms", f"of a query more, on {CANDIDATES} indexed documents", "mean")
    yield absent("dimension", _NO_VECTORS)


def _reranker(timings: Timings, observed: Observed, question: Question) -> Iterator[Measure]:
    del observed, question
    yield from latency(timings.latencies, "rerank_latency", f"queries, {CANDIDATES} candidates each")
    rates = [CANDIDATES / seconds for seconds in timings.latencies]
    yield spread("pairs_per_second", rates, "pairs/s", f"{CANDIDATES} pairs per call")
    yield absent("dimension", _NO_VECTORS)


_TIMED: Mapping[Kind, Callable[[Timings, Observed, Question], Iterator[Measure]]] = {
    "embedder": _embedder,
    "ranker": _ranker,
    "reranker": _reranker,
}


def _memory(memory: Memory, *, served: bool) -> Iterator[Measure]:
    why = "not measured: this system does not say"
    whole = "the whole process, the largest batch included"
    if memory.started:
        whole += f"; with the {memory.started} that it started, what they share counted in each"
    if served:
        whole += "; that of the service is not in it"
    for subject, held, note in (
        ("", memory.peak, whole),
        ("idle", memory.idle, "before the embedder was opened"),
        ("loaded", memory.first, "with the first answer"),
    ):
        yield (
            absent("peak_memory", why, subject)
            if held is None
            else Measure("peak_memory", held / _MB, "MB", f"resident, {note}", subject)
        )
    if served:
        yield absent("gpu_memory", "not measured: the service has the model")
    elif memory.gpu is None:
        yield absent("gpu_memory", "there is no GPU that torch could use")
    elif memory.started:
        yield absent("gpu_memory", "not measured: several processes use it")
    else:
        yield Measure("gpu_memory", memory.gpu / _MB, "MB", "allocated by torch at most")


def _size(facts: Facts) -> Iterator[Measure]:
    whole, table = facts.parameters, facts.embedding_parameters
    rest = None if whole is None or table is None else whole - table
    for subject, count, note in (
        ("", whole, "in all"),
        ("embedding", table, "the table of input tokens"),
        ("other", rest, "all but that table"),
    ):
        yield (
            absent("parameters", "not known", subject)
            if count is None
            else Measure("parameters", float(count), "numbers", note, subject)
        )
    size = facts.disk_bytes
    yield (
        absent("disk_size", "not known")
        if size is None
        else Measure("disk_size", size / _MB, "MB", "of the files that are loaded")
    )


def _running(observed: Observed) -> Iterator[Measure]:
    facts, packages = observed.facts, observed.packages
    threads = f"{observed.threads} thread{'s' if observed.threads > 1 else ''}"
    plural = "package" if len(packages) == 1 else "packages"
    yield said("device", f"{facts.device}, {threads}" if facts.device else f"not known, {threads}")
    yield Measure("packages", float(len(packages)), plural, ", ".join(packages) or "none beyond an idle harness")
    yield said("installation", _installation(facts.install))
    yield yes_or_no("needs_network", facts.network, "to embed; a model of the hub is fetched once")
    yield yes_or_no("needs_key", facts.key, "a secret in an environment variable")
    yield yes_or_no("data_leaves_machine", facts.leaves, "texts are sent elsewhere")
    yield said("licence", facts.licence) if facts.licence else absent("licence", "not known: its files do not say")


def _installation(pip: str | None) -> str:
    if pip is None:
        return "not known"
    return pip or "nothing more"


def _without_price(facts: Facts) -> str:
    return "none: it runs here" if facts.leaves is False else "not known"
