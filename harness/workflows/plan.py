"""What a run would embed, send and cost, before anything is embedded or sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness.embedders.cached import Cached
from harness.embedders.planned import Book, Planned
from harness.embedders.remote.terms import without_consent
from harness.embedders.resolve import open_embedder
from harness.errors import EmbedderError, SuiteError, UsageError
from harness.evaluate import answered
from harness.model import Ranker, Reranker, Suite

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from harness.embedders.remote.endpoint import Endpoint
    from harness.embedders.remote.prices import Price
    from harness.embedders.remote.terms import Terms
    from harness.embedders.resolve import Candidate
    from harness.embedders.vector_cache import VectorCache
    from harness.model import AnySuite, Embedder, Spec

_DIMENSIONS = re.compile(r"\bdimensions=(\d+)")
NO_MODEL = "calls no model"
_PAIRS = "the first stage decides which pairs are scored: their number is right, their texts are a guess"


@dataclass(frozen=True)
class Line:
    """What one model of an embedder would be asked. model: its name where there are several.

    endpoint: of a service, None where nobody else is asked, and name, how the model is called there. texts: distinct
    ones, a text in two roles counted as often as the cache keeps it; to_embed: those that the cache lacks. tokens:
    estimated, of what is sent or embedded; known_tokens: of what the cache has. checks: how many of the requests are to
    see whether a service is steady and unchanged. price: None where it is not known, or nobody is asked. foreign:
    suites that other software judges, so that nobody knows their texts beforehand: they are in none of the numbers.
    """

    embedder: str
    model: str = ""
    endpoint: Endpoint | None = None
    name: str = ""
    texts: int = 0
    to_embed: int = 0
    tokens: int = 0
    known_tokens: int = 0
    requests: int = 0
    checks: int = 0
    price: Price | None = None
    note: str = ""
    foreign: Sequence[str] = ()

    @property
    def host(self) -> str:
        """Where the service is, empty where nobody else is asked."""
        return self.endpoint.host if self.endpoint else ""

    @property
    def remote(self) -> bool:
        """Whether texts leave this machine for it."""
        return self.endpoint is not None and not self.endpoint.is_local

    @property
    def cost(self) -> float | None:
        """What is to be paid, foreign suites left out; None where it is not known, or nobody is asked."""
        return self.price.of(self.tokens) if self.price else None

    @property
    def saved(self) -> float | None:
        """What would have to be paid without the cache."""
        return self.price.of(self.known_tokens) if self.price else None

    @property
    def unpriced(self) -> bool:
        """Whether a service is to be asked whose price is not known."""
        return self.asks and self.price is None

    @property
    def asks(self) -> bool:
        """Whether a service is to be asked, as far as anybody knows."""
        return self.requests > 0 or self.unforeseen

    @property
    def unforeseen(self) -> bool:
        """Whether more is to be paid than its cost, and nobody knows how much."""
        return self.endpoint is not None and bool(self.foreign)


def plan(
    embedders: Mapping[str, Spec],
    suites: Collection[AnySuite | SuiteError],
    cache: VectorCache,
    terms: Terms,
) -> list[Line]:
    """A line per model of each embedder, in the order of a run: what one embedder has embedded, the next one has.

    suites: gone through once for each embedder. Asks no model and no service. Raises UsageError for an embedder that
    there cannot be.
    """
    book = Book()
    return [
        line for label, spec in embedders.items() for line in _lines(label, _Planning(spec, suites, cache, book), terms)
    ]


def demand(lines: Sequence[Line], terms: Terms) -> None:
    """Raises UsageError when a plan would send texts where they must not be sent, or spend what cannot be counted."""
    asked = [line for line in lines if line.asks]
    unasked: dict[str, list[Line]] = {}
    for line in asked:
        if line.endpoint is not None and not terms.allow(line.endpoint):
            unasked.setdefault(line.host, []).append(line)
    if unasked:
        raise without_consent({host: _would_send(of_host) for host, of_host in unasked.items()})
    if terms.budget.amount is not None:
        _demand_prices(asked)


def costs(lines: Iterable[Line]) -> dict[str, tuple[float, float]]:
    """Currency → what is to be paid, and what is not, because the cache has it."""
    found: dict[str, tuple[float, float]] = {}
    for line in lines:
        if line.price and line.price.per_million:
            cost, saved = found.get(line.price.currency, (0.0, 0.0))
            found[line.price.currency] = cost + (line.cost or 0.0), saved + (line.saved or 0.0)
    return found


def _would_send(lines: Sequence[Line]) -> str:
    embedders = ", ".join(dict.fromkeys(line.embedder for line in lines))
    foreign = dict.fromkeys(name for line in lines for name in line.foreign)
    more = f" and those of {', '.join(foreign)}, nobody knows how many" if foreign else ""
    return f"{sum(line.to_embed for line in lines):,} texts{more}, for {embedders}"


def _demand_prices(lines: Sequence[Line]) -> None:
    unknown = dict.fromkeys(f"{line.host}/{line.name}" for line in lines if line.unpriced)
    if unknown:
        named = "\n".join(f'  "{name}" = {{per_million = 0.02, currency = "USD"}}' for name in unknown)
        raise UsageError(
            f"--max-cost: the price of {_listed(unknown)} is not known. Write it into harness.toml, per million "
            f"tokens, 0 where it costs nothing, as in\n  [prices]\n{named}"
        )
    currencies = costs(lines)
    if len(currencies) > 1:
        raise UsageError(
            f"--max-cost is one amount, and these services are paid in {_listed(currencies)}. Write their prices in "
            "one currency into [prices] of harness.toml, or run them one after the other"
        )


def _listed(names: Iterable[str]) -> str:
    return " and ".join(names)


@dataclass(frozen=True)
class _Planning:
    """One embedder, to be asked about all suites."""

    spec: Spec
    suites: Collection[AnySuite | SuiteError]
    cache: VectorCache
    book: Book
    foreign: dict[str, None] = field(default_factory=dict)

    def models(self, held: Collection[str] = ()) -> tuple[list[Planned], str]:
        """The models in it, once they were asked, and why some of it could not be. held: which ones the cache has.

        Suites that it can be put through and whose texts nobody knows go to `foreign`.
        """
        models: list[Planned] = []
        width = max(map(int, _DIMENSIONS.findall(self.spec.text)), default=1)

        def keep(embedder: Embedder) -> Embedder:
            if embedder.identity.key in held:
                return Cached(embedder, self.cache)
            models.append(Planned(embedder, self.cache, self.book, width))
            return models[-1]

        try:
            candidate = open_embedder(self.spec, keep)
        except EmbedderError as error:
            return [], str(error).partition("\n")[0]
        faults: dict[str, None] = {}
        fitting = False
        for suite in self.suites if models else ():
            try:
                fitting |= self._asks(suite, candidate)
            except (EmbedderError, UsageError) as error:
                faults[str(error).partition("\n")[0]] = None
        for model in models if fitting else ():
            model.look_closer()
        return models, "; ".join(faults)

    def _asks(self, suite: AnySuite | SuiteError, candidate: Candidate) -> bool:
        """Whether a suite asks the candidate for anything; if so, it has asked for it now."""
        if isinstance(suite, Suite):
            return not isinstance(answered(suite, candidate), str)
        if isinstance(suite, SuiteError) or isinstance(candidate, Ranker | Reranker):
            return False
        self.foreign[suite.name] = None
        return True


def _lines(label: str, planning: _Planning, terms: Terms) -> list[Line]:
    models, note = planning.models()
    firsts = [model for model in models if not model.reads_pairs]
    if firsts and len(firsts) < len(models):
        if all(model.held for model in firsts):  # then the first stage can be asked, and is not guessed
            for model in models:
                if model.reads_pairs:
                    model.withdraw()
            pairs, note = planning.models({model.identity.key for model in firsts})
            models = [*firsts, *pairs]
        else:
            note = note or _PAIRS
    if not models:
        return [Line(label, note=note or NO_MODEL)]
    lines = [_line(label, model, terms, several=len(models) > 1) for model in models]
    return [replace(line, note=note, foreign=tuple(planning.foreign)) for line in lines]


def _line(label: str, model: Planned, terms: Terms, *, several: bool) -> Line:
    line = Line(
        embedder=label,
        model=str(model.identity) if several else "",
        texts=model.texts,
        to_embed=model.missing,
        tokens=model.tokens,
        known_tokens=model.known,
        requests=model.requests,
        checks=model.checks,
    )
    service = model.service
    if service is None:
        return line
    return replace(
        line,
        endpoint=service.endpoint,
        name=service.model,
        price=terms.price(service.model, service.endpoint),
    )
