"""What is known of an embedder before anything is measured: its size, its licence, where its texts go.

A backend says so by a method `facts`; what it does not say is not known, which is not the same as no.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Facts:
    """What a backend knows of its model; None is not known.

    parameters: numbers that training set, of which embedding_parameters are the table of the input tokens. disk_bytes:
    of the files that are loaded. network, key: whether it asks another machine, and needs a secret to be let in.
    leaves: whether texts leave this machine. device: what it runs on, known once it is loaded. loading: what that took
    beyond reading files, where it did. install: what pip is told beyond the core install, empty for nothing. served:
    whether another process has the model, of which nothing can be measured here.
    """

    parameters: int | None = None
    embedding_parameters: int | None = None
    disk_bytes: int | None = None
    licence: str | None = None
    network: bool | None = None
    key: bool | None = None
    leaves: bool | None = None
    device: str | None = None
    loading: str | None = None
    install: str | None = None
    served: bool = False


LOCAL = Facts(network=False, key=False, leaves=False)
"""What every model has in common that runs here; one of the hub was fetched when it was opened."""


def extra(name: str) -> str:
    """What pip is told for an extra of this distribution."""
    return f"embedding-harness[{name}]"


PLAIN = replace(LOCAL, parameters=0, embedding_parameters=0, disk_bytes=0, device="cpu", install="", licence="no model")
"""Of an algorithm that nothing was learnt for."""


@runtime_checkable
class Described(Protocol):
    """An embedder that says what it is. It is asked once it has made a vector, and loads nothing more to answer."""

    def facts(self) -> Facts:
        """What its backend knows."""
        ...


def facts_of(embedder: object) -> Facts:
    """What is known of an embedder or a ranker; nothing of one that does not say. Raises what it raises."""
    return embedder.facts() if isinstance(embedder, Described) else Facts()


def together(models: Sequence[Facts]) -> Facts:
    """The facts of several models that are used as one; what is not known of one is not known of all."""
    if len(models) == 1:
        return models[0]
    return Facts(
        parameters=_sum([one.parameters for one in models]),
        embedding_parameters=_sum([one.embedding_parameters for one in models]),
        disk_bytes=_sum([one.disk_bytes for one in models]),
        licence=_joined([one.licence for one in models], " and "),
        network=_any([one.network for one in models]),
        key=_any([one.key for one in models]),
        leaves=_any([one.leaves for one in models]),
        device=_joined([one.device for one in models], ", "),
        loading="; ".join(filter(None, dict.fromkeys(one.loading for one in models))) or None,
        install=_joined([one.install for one in models], " "),
        served=any(one.served for one in models),
    )


def gpu_peak() -> int | None:
    """Bytes of GPU memory that torch has used at most in this process, over all GPUs; None without torch or a GPU."""
    torch: Any = sys.modules.get("torch")  # not imported for this: who runs on a GPU has imported it
    if torch is None or not torch.cuda.is_available():
        return None
    return sum(int(torch.cuda.max_memory_allocated(number)) for number in range(torch.cuda.device_count()))


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _any(values: Sequence[bool | None]) -> bool | None:
    """True as soon as one is; False only where all are known."""
    if any(values):
        return True
    return None if not values or None in values else False


def _joined(values: Sequence[str | None], sign: str) -> str | None:
    known = [value for value in values if value is not None]
    return sign.join(dict.fromkeys(filter(None, known))) if known and len(known) == len(values) else None
