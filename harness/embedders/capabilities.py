"""What an embedder may be able to do beside `embed`: each a protocol, and how to ask whoever has it or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.embedders.remote.service import Service
    from harness.embedders.tokenising import Tokenizer
    from harness.model import Embedder, Finding, Role, Vectors


@runtime_checkable
class Notices(Protocol):
    """An embedder that notices things of its own about texts, such as words that it does not know."""

    def findings(self, texts: Sequence[str]) -> Sequence[Finding]:
        """What there is to say about `texts`, all of which it has embedded."""
        ...


@runtime_checkable
class Tokenizing(Protocol):
    """An embedder that can say how its model takes texts apart, and an embedder around such a one."""

    @property
    def tokenizer(self) -> Tokenizer | None:
        """Nothing is loaded to give it; None where the model has none."""
        ...


def tokenizer_of(embedder: Embedder) -> Tokenizer | None:
    """The tokenizer of an embedder, where it has one."""
    return embedder.tokenizer if isinstance(embedder, Tokenizing) else None


@runtime_checkable
class InParts(Protocol):
    """An embedder that hands vectors over as they come: a service, of whose every answer nothing may be lost."""

    def parts(self, texts: Sequence[str], role: Role) -> Iterator[tuple[Sequence[int], Vectors]]:
        """Places in `texts` and their vectors, each place once, in any order.

        Nothing more is asked for before the one who was handed a part comes back for the next. Raises EmbedderError,
        after everything that could be had; WithoutVectorsError when only some of the texts are to blame.
        """
        ...


@runtime_checkable
class Unpinned(Protocol):
    """An embedder whose weights cannot be digested, so that its identity stays when its model changes."""

    @property
    def sentinels(self) -> Sequence[str]:
        """A few texts, cheap to embed, whose vectors tell whether the model is still the same."""
        ...


@runtime_checkable
class Remembering(Protocol):
    """An embedder that keeps what was found out about texts, so that it need not be found out again."""

    def remember(self, what: str, texts: Sequence[str], make: Callable[[], Any]) -> Any:
        """What `make` returns about `texts`, as JSON keeps it, or returned when it was asked for before."""
        ...


def remembered(embedder: Embedder, what: str, texts: Sequence[str], make: Callable[[], Any]) -> Any:
    """What `make` returns; from the embedder's memory where it has one and knows it."""
    return embedder.remember(what, texts, make) if isinstance(embedder, Remembering) else make()


@runtime_checkable
class Served(Protocol):
    """Who is asked behind an address, and whoever stands around such a one."""

    @property
    def service(self) -> Service | None:
        """None where nobody else is asked."""
        ...


def service_of(embedder: object) -> Service | None:
    """The service that an embedder asks, if it asks one."""
    return embedder.service if isinstance(embedder, Served) else None


@runtime_checkable
class Foreseeing(Protocol):
    """Who knows what it would send: prompts before texts, pairs grouped by query."""

    def foreseen(self, texts: Sequence[str], role: Role) -> Sequence[int]:
        """The estimated tokens of each request that it would make for these texts, in one call. Sends nothing."""
        ...
