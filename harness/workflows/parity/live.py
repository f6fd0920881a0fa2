"""A side that can be asked: whatever one text does to it, the others get their vectors."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np

from harness.diagnostics.parity.causes.rows import NOT_A_NUMBER
from harness.diagnostics.parity.observation import Answers, keyed
from harness.diagnostics.parity.probes import TEXTS, names
from harness.embedders.capabilities import InParts, service_of
from harness.embedders.resolve import open_embedder, parse_spec
from harness.errors import EmbedderError, UsageError, WithoutVectorsError
from harness.model import Ranker, Reranker
from harness.search import FLOAT32, as_stored, usage_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.diagnostics.parity.observation import Key, Observation, Way
    from harness.embedders.resolve import Keep
    from harness.model import Embedder, Role, Vectors
    from harness.store.canaries import Canary

_CONTROL = "document 1"
"""A text that every model takes: if not even this one gets a vector, it is the side and not the text."""

_ROUNDS = 2
"""Requests for texts that are refused by name: the rest is asked for once more."""


@dataclass
class Live:
    """An embedder as a side, under the spec that it was opened with. Counts what it was asked, and the time that took.

    Vectors come back as an index in the number format of its spec would keep them.
    """

    name: str
    embedder: Embedder
    texts: int = 0
    seconds: float = 0.0
    _stored: list[Vectors] = field(default_factory=list)
    _refused: dict[tuple[Role, str], str] = field(default_factory=dict)

    def ask(self, texts: Sequence[str], role: Role) -> Answers:
        """A vector of each text, or why it has none. Raises EmbedderError when no text gets one for any reason but NaN.

        What refuses a request and does not say for which texts is asked for halves of it until they are found.
        """
        if not texts:
            return Answers(np.zeros((0, 0), np.float32), ())
        found = self._found(list(texts), role)
        dimension = next((len(row) for row in found if not isinstance(row, str)), 0)
        rows = [np.zeros(dimension, np.float32) if isinstance(row, str) else row for row in found]
        reasons = tuple(row if isinstance(row, str) else "" for row in found)
        return Answers(self._kept(np.array(rows, np.float32).reshape(len(texts), dimension)), reasons)

    def vectors(self, way: Way, texts: Iterable[str]) -> Mapping[Key, Vectors | str]:
        """The same, as an Observation holds it; each text once, in one request."""
        distinct = list(dict.fromkeys(texts))
        return keyed(way, distinct, self.ask(distinct, "document" if way == "alone" else way))

    def _found(self, texts: list[str], role: Role) -> list[Vectors | str]:
        """What was refused once is not asked for again: a service that looks for such texts is paid for looking."""
        found: dict[int, Vectors | str] = {
            place: self._refused[role, text] for place, text in enumerate(texts) if (role, text) in self._refused
        }
        for _ in range(_ROUNDS):
            rest = [place for place in range(len(texts)) if place not in found]
            try:
                for place, row in self._given([texts[place] for place in rest], role):
                    found[rest[place]] = row
            except WithoutVectorsError as error:
                self._refused |= {(role, text): reason for text, reason in error.reasons.items()}
                found |= {place: error.reasons[texts[place]] for place in rest if texts[place] in error.reasons}
            except EmbedderError:
                break
        rest = [place for place in range(len(texts)) if place not in found]
        found |= zip(rest, self._halved([texts[place] for place in rest], role), strict=True)
        return [found[place] for place in range(len(texts))]

    def _given(self, texts: list[str], role: Role) -> Iterator[tuple[int, Vectors]]:
        """Places and rows; those that a service has answered before it refuses others are not lost."""
        if not texts:
            return
        if not (isinstance(self.embedder, InParts) and service_of(self.embedder)):
            yield from enumerate(self._embed(texts, role))
            return
        started = perf_counter()
        try:
            for places, rows in self.embedder.parts(texts, role):
                yield from zip((int(place) for place in places), rows, strict=True)
        finally:
            self.texts += len(texts)
            self.seconds += perf_counter() - started

    def _halved(self, texts: list[str], role: Role) -> list[Vectors | str]:
        if not texts:
            return []
        try:
            return list(self._embed(texts, role))
        except EmbedderError as error:
            if len(texts) == 1:
                return [str(error)]
            if reason := self._refuses_all(role):
                return [reason] * len(texts)
        middle = len(texts) // 2
        return [*self._halved(texts[:middle], role), *self._halved(texts[middle:], role)]

    def _refuses_all(self, role: Role) -> str:
        """Why not even an ordinary text gets a vector, if that is NaN. Raises EmbedderError for any other reason."""
        try:
            self._embed([TEXTS[_CONTROL]], role)
        except EmbedderError as error:
            if NOT_A_NUMBER not in str(error):
                raise
            return str(error)
        return ""

    def _embed(self, texts: list[str], role: Role) -> Vectors:
        started = perf_counter()
        try:
            return self.embedder.embed(texts, role)
        finally:
            self.texts += len(texts)
            self.seconds += perf_counter() - started

    def _kept(self, rows: Vectors) -> Vectors:
        """Calibrated, once and for all, on the first vectors that there are."""
        usage = usage_of(self.embedder)
        if usage.precision.name == FLOAT32.name or not rows.any():
            return rows
        if not self._stored:
            own = [TEXTS[name] for name in names("document")]
            self._stored.append(np.asarray(self._embed(own, "document")))
        return as_stored({"first": self._stored[0], "rows": rows}, ["first"], usage)["rows"]


def with_options(spec: str, options: Mapping[str, str]) -> str:
    """The same spec with these options, whatever it says of them itself. Raises UsageError for what is no spec."""
    given = parse_spec(spec)
    pairs = [f"{name}={quote(value)}" for name, value in {**given.options, **options}.items()]
    return f"{given.backend}:{given.name}?{'&'.join(pairs)}"


def opened(spec: str, keep: Keep) -> Live:
    """The side that a spec stands for. Raises UsageError for what makes no vectors, EmbedderError as opening does."""
    candidate = open_embedder(parse_spec(spec), keep)
    if isinstance(candidate, Ranker | Reranker):
        raise UsageError(f"{spec} ranks documents without vectors, so there are none to compare: name an embedder")
    return Live(spec, candidate)


@dataclass(frozen=True)
class Asked:
    """One side. live: what can be asked for more; stored: where its vectors come from, if they are stored ones."""

    name: str
    observation: Observation
    live: Live | None = None
    stored: Canary | None = None

    def ask(self, texts: Sequence[str]) -> Answers:
        """Vectors of texts as documents; of stored vectors, those that there are."""
        return self.live.ask(texts, "document") if self.live else self.observation.texts("document", texts)
