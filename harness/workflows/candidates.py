"""Who is judged in a run: opened, with a cache around every model, and what is to be known about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.embedders.cached import Cached
from harness.embedders.remote.spending import Spending
from harness.embedders.remote.usage import COST, usage
from harness.embedders.resolve import open_embedder
from harness.errors import EmbedderError
from harness.workflows.terms import under

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from harness.embedders.remote.endpoint import Endpoint
    from harness.embedders.remote.terms import Terms
    from harness.embedders.resolve import Candidate as Opened
    from harness.embedders.vector_cache import VectorCache
    from harness.model import Embedder, Finding, Identity, Spec


@dataclass(frozen=True)
class Candidate:
    """Who is judged: as the user named it, and opened; or why it could not be opened.

    models: what in it calls a model and keeps the vectors; more than one in a combination.
    """

    label: str
    spec: Spec
    embedder: Opened | EmbedderError
    models: Sequence[Cached] = ()

    @property
    def embedded(self) -> int:
        """How many texts its models have embedded, those from the cache left out."""
        return sum(model.embedded for model in self.models)

    @property
    def endpoints(self) -> list[Endpoint]:
        """Where its services are."""
        return [model.service.endpoint for model in self.models if model.service]

    @property
    def spent(self) -> tuple[Spending, ...]:
        """What the service of each of its models was asked for so far."""
        return tuple(model.service.spent if model.service else Spending() for model in self.models)

    def findings(self) -> tuple[Finding, ...]:
        """What is to be known about its models and the texts of the suite that it has just been through."""
        return self._by_member((model, model.findings()) for model in self.models)

    def usage(self, before: Sequence[Spending]) -> tuple[Finding, ...]:
        """What its services were asked for since they had spent `before`."""
        now = self.spent
        return self._by_member(
            (model, usage(model.service, spent - earlier, model.remember))
            for model, spent, earlier in zip(self.models, now, before, strict=True)
            if model.service
        )

    def forget(self) -> None:
        """Its next findings are about what it is asked from now on."""
        for model in self.models:
            model.forget()

    def _by_member(self, found: Iterable[tuple[Cached, Sequence[Finding]]]) -> tuple[Finding, ...]:
        several = len(self.models) > 1
        named = (_of_member(model.asked_as, finding) if several else finding for model, own in found for finding in own)
        return tuple(dict.fromkeys(named))  # two members may be one model, used in two ways


def opened(label: str, spec: Spec, cache: VectorCache, terms: Terms, tell: Callable[[int], None]) -> Candidate:
    """The candidate that a spec stands for; its services may be asked as far as the terms go.

    tell: told of every so many texts that have their vectors. Raises UsageError.
    """
    models: list[Cached] = []
    agreed = under(terms)

    def keep(embedder: Embedder) -> Cached:
        models.append(Cached(agreed(embedder), cache, tell))
        return models[-1]

    try:
        return Candidate(label, spec, open_embedder(spec, keep), models)
    except EmbedderError as error:
        return Candidate(label, spec, error)


def _of_member(identity: Identity, finding: Finding) -> Finding:
    """The finding of a combination's member, by whose name it goes."""
    # Of what was paid, the subject is the currency.
    subject = finding.subject if finding.name == COST else f"{identity} {finding.subject}".rstrip()
    return replace(finding, subject=subject, note=f"{identity}: {finding.note}")
