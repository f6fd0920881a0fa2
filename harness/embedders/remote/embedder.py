"""What every embedder behind an address has in common, whatever is sent there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from harness.diagnostics.scripts import token_count
from harness.embedders.facts import extra
from harness.embedders.options import deciding
from harness.embedders.remote.embeddings import Dimension, gathered, handed_over, no_text, without_vectors
from harness.embedders.remote.service import open_service
from harness.embedders.remote.wording import WORDING, worded
from harness.model import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from harness.embedders.facts import Facts
    from harness.embedders.options import Options
    from harness.embedders.remote.endpoint import Endpoint
    from harness.embedders.remote.sending import Reply
    from harness.embedders.tokenising import Tokenizer
    from harness.model import Index, Role, Vectors

REMOTE_OPTIONS = (*WORDING, "dimensions", "revision", "api_key_env")
"""The options that they have in common, beside those of their services."""

HARMLESS = "The invoice was paid last week."
"""A text that every service takes: when it is refused too, it is not the texts."""

SENTINELS = ("采购申请需要部门经理审批。", HARMLESS, "def area(r): return 3.14 * r * r", "12345")
"""What a service is asked to embed before it is paid for anything else: its model may have changed."""

_TOGETHER = 1024
"""Texts whose tokens are held at a time."""


class RemoteEmbedder(ABC):
    """Asks a service for vectors, in as many requests as it takes. Nothing is sent on construction.

    own: what else decides the vectors, None where it has its default. tokenizer: of the model, where somebody has it;
    else tokens are estimated.
    """

    own_options = frozenset({"dimensions"})
    """What the service does itself, so that no wrapper does it."""

    sentinels = SENTINELS

    def __init__(
        self, given: Options, endpoint: Endpoint, own: Mapping[str, str | None], tokenizer: Tokenizer | None = None
    ) -> None:
        self.service = open_service(given, endpoint)
        self.tokenizer = tokenizer
        self._wording = worded(given)
        self._dimensions = given.integer("dimensions", None)
        defaults = {**dict.fromkeys(own), "dimensions": None, **WORDING}
        self.identity = Identity(
            backend=given.spec.backend,
            name=given.spec.name,
            revision=given.text("revision", ""),
            options=deciding({**own, "dimensions": self._dimensions, **self._wording.values}, defaults),
            symmetric=self._wording.symmetric,
        )

    @abstractmethod
    def asking(self, role: Role) -> Callable[[Sequence[str]], Reply]:
        """Makes one request, from whichever thread. Raises EmbedderError where none can be made."""

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of `texts`, n × d. Raises EmbedderError, and UsageError where the terms do not allow it."""
        return gathered(len(texts), self.parts(texts, role))

    def parts(self, texts: Sequence[str], role: Role) -> Iterator[tuple[Index, Vectors]]:
        """Places in `texts` and their vectors, answer by answer.

        Raises as `embed`; WithoutVectorsError, once everything that could be had was handed over, for some texts.
        """
        sent = self._wording.prompted(texts, role)
        unsent = {place: reason for place, text in enumerate(sent) if (reason := no_text(text))}
        sound = np.array([place for place in range(len(sent)) if place not in unsent], np.intp)
        tokens = self._tokens(sent)
        requests = [sound[places] for places in self.service.requests([tokens[place] for place in sound.tolist()])]
        ask = Dimension().same(self.asking(role))
        parts = self.service.fetch(
            requests,
            tokens,
            lambda places: ask([sent[place] for place in places.tolist()]),
            lambda: ask([HARMLESS]),
        )
        for places, rows in handed_over(parts, unsent, partial(without_vectors, texts)):
            yield places, np.asarray(rows, np.float32)

    def foreseen(self, texts: Sequence[str], role: Role) -> Sequence[int]:
        """The tokens of each request that it would make for these texts, in one call. Sends nothing."""
        return self.service.sizes(self._tokens(self._wording.prompted(texts, role)))

    def facts(self) -> Facts:
        """What the address says."""
        return self.service.facts(extra(self.identity.backend))

    def _tokens(self, texts: Sequence[str]) -> list[int]:
        """Of each text, at least 1."""
        if self.tokenizer is None:
            return list(map(token_count, texts))
        # A tokenizer takes no half surrogate pair; such a text is refused later, with its name.
        sound = [text.encode(errors="replace").decode() for text in texts]
        blocks = (sound[start : start + _TOGETHER] for start in range(0, len(sound), _TOGETHER))
        return [max(1, len(tokens)) for block in blocks for tokens in self.tokenizer.tokenise(block)]
