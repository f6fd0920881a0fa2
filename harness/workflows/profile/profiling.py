"""Measure every embedder in a process of its own, record each result as it ends."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from harness.diagnostics.cost import Profile, compact
from harness.embedders.remote.terms import Terms
from harness.embedders.resolve import parse_spec
from harness.errors import EmbedderError, UsageError
from harness.model import Finding, Run
from harness.store import Store
from harness.workflows.environment import environment
from harness.workflows.profile import texts as made_up
from harness.workflows.profile.load import BATCHES
from harness.workflows.profile.measures import Question, measures
from harness.workflows.profile.opening import opened
from harness.workflows.profile.process import Errand, observed, started
from harness.workflows.terms import demand_consent, price_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.diagnostics.cost import Priced
    from harness.model import Identity, Spec
    from harness.workflows.configuration import Configuration
    from harness.workflows.profile.observed import Start

PROFILE = "profile"
"""The kind, and the suite, of the runs that hold what an embedder costs."""

_VERSION = "1"
"""Of the way of measuring: raised whenever numbers of before and after must not be set side by side."""

_STARTS = 3


class Watch(Protocol):
    """Told what happens while it happens; shows it, or does not."""

    def began(self, embedder: str, stage: str) -> None:
        """What is measured now, of which embedder."""
        ...

    def ended(self, profile: Profile) -> None:
        """An embedder is measured and recorded."""
        ...


@dataclass(frozen=True)
class Request:
    """What to measure: embedders by label → spec. documents: how many hours and money are told for.

    texts: what is embedded, none for made-up texts. seconds: about how long the calls of each are timed. allowed: hosts
    that texts may be sent to, None for all. price: what a million tokens cost, None where that is nothing or not known.
    """

    embedders: Mapping[str, Spec]
    store: Path
    documents: int
    texts: tuple[str, ...] = ()
    seconds: float = 20.0
    allowed: tuple[str, ...] | None = ()
    price: Callable[[Spec], Priced | None] = field(default=lambda _: None)


def request(
    configuration: Configuration, embedders: Sequence[str], documents: int, terms: Terms | None = None
) -> Request:
    """A request from what the command line names; the embedders of harness.toml where it names none.

    Raises UsageError when an embedder is no spec and no name, when there is none, and when one would send texts where
    the terms do not allow it.
    """
    labels = embedders or tuple(configuration.embedders)
    if not labels:
        raise UsageError("no embedders (-e) to measure: name some, as in `harness profile -e baseline:hashing`")
    specs = {label: parse_spec(configuration.spec(label)) for label in labels}
    agreed = terms or Terms()
    demand_consent(agreed, [spec.text for spec in specs.values()])
    allowed = None if agreed.hosts is None else tuple(sorted(agreed.hosts))
    return Request(specs, configuration.store, documents, allowed=allowed, price=partial(price_of, agreed))


def read_texts(file: Path) -> tuple[str, ...]:
    """The texts of a file, one a line, blank lines left out. Raises UsageError."""
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: not UTF-8, at byte {error.start}") from error
    found = tuple(line for line in lines if line.strip())
    if not found:
        raise UsageError(f"{file}: there is no text in it; write one a line")
    return found


def profile(asked: Request, watch: Watch) -> list[Profile]:
    """Measure, record and return every embedder, failed ones with their reason.

    Raises UsageError for a backend, model or option that does not exist and StoreError when nothing can be recorded,
    before anything is measured.
    """
    known = {label: _identity(spec, asked) for label, spec in asked.embedders.items()}
    store = Store(asked.store)
    store.prepare()
    found = []
    for label, spec in asked.embedders.items():
        started_at = datetime.now(UTC).isoformat(timespec="microseconds")
        one = _profile(label, spec, known[label], asked, watch)
        store.add(_run(one, spec, asked, started_at))
        watch.ended(one)
        found.append(one)
    return found


def failed(profiles: Sequence[Profile]) -> bool:
    """Whether any of them could not be measured."""
    return any(one.status == "failed" for one in profiles)


def _identity(spec: Spec, asked: Request) -> Identity | EmbedderError:
    try:
        return opened(spec.text, asked.allowed).candidate.identity
    except EmbedderError as error:
        return error


def _profile(label: str, spec: Spec, identity: Identity | EmbedderError, asked: Request, watch: Watch) -> Profile:
    if isinstance(identity, EmbedderError):
        return _failed(label, None, str(identity), 0.0)
    begun = perf_counter()
    errand = Errand(spec.text, asked.allowed, asked.texts, asked.seconds)
    try:
        found = observed(errand, lambda stage: watch.began(label, stage))
        watch.began(label, "cold start")
        starts = [found.start, *_more_starts(errand, found.start)]
    except EmbedderError as error:
        return _failed(label, identity, str(error), perf_counter() - begun)
    question = Question(asked.documents, _about(asked.texts), asked.price(spec))
    made = measures(found, starts, question)
    return Profile(label, identity, "ok", "", made, perf_counter() - begun)


def _more_starts(errand: Errand, first: Start) -> Iterator[Start]:
    """Cold starts in other processes, as many as fit into the time, one at least."""
    spent = 0.0
    for _ in range(_STARTS - 1):
        begun = perf_counter()
        yield started(errand)
        spent += perf_counter() - begun
        if spent + first.total > errand.seconds:
            return


def _failed(label: str, identity: Identity | None, reason: str, seconds: float) -> Profile:
    return Profile(label, identity, "failed", reason, (), seconds)


def _about(own: Sequence[str]) -> str:
    return f"{len(own)} texts of the user's, over and over" if own else "made-up texts, none twice"


def _run(made: Profile, spec: Spec, asked: Request, started_at: str) -> Run:
    found = tuple(measure.finding() for measure in made.measures)
    return Run(
        id=uuid.uuid4().hex,
        started_at=started_at,
        suite=PROFILE,
        kind=PROFILE,
        fingerprint=_fingerprint(asked.texts),
        embedder=made.embedder,
        identity=made.identity,
        status=made.status,
        reason=made.reason,
        seconds=made.seconds,
        findings=found or (Finding("not_measured", None, made.reason),),
        environment=environment(),
        configuration={"spec": spec.text, "seconds": asked.seconds, "documents": compact(asked.documents)},
    )


def _fingerprint(own: Sequence[str]) -> str:
    """What two profiles share whose numbers may be set side by side."""
    whole = blake2b(digest_size=16)
    for part in (_VERSION, made_up.VERSION, *map(str, BATCHES), *own):
        whole.update(f"{len(part)}:{part}".encode("utf-8", "surrogatepass"))
    return whole.hexdigest()
