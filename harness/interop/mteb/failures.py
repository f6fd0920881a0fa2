"""What became of an embedder while mteb asked it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness.errors import EmbedderError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Remembers:
    """What mteb asks in an embedder's place. failed: what was raised last; mteb may swallow it."""

    failed: EmbedderError | None = None

    @contextmanager
    def _remembering(self) -> Iterator[None]:
        try:
            yield
        except EmbedderError as error:
            self.failed = error
            raise
