"""What every wrapper hands through from the embedder inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.embedders.capabilities import tokenizer_of
from harness.embedders.facts import facts_of
from harness.model import reads_images

if TYPE_CHECKING:
    from harness.embedders.facts import Facts
    from harness.embedders.tokenising import Tokenizer
    from harness.model import Embedder, Identity


@dataclass(frozen=True)
class Around:
    """An embedder around another one, which reads what that one reads; `identity` says what the wrapper does."""

    inner: Embedder
    identity: Identity

    @property
    def reads_images(self) -> bool:
        """Whether the inner embedder does."""
        return reads_images(self.inner)

    @property
    def tokenizer(self) -> Tokenizer | None:
        """The inner embedder's."""
        return tokenizer_of(self.inner)

    def facts(self) -> Facts:
        """The inner embedder's."""
        return facts_of(self.inner)
