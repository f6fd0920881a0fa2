"""What keeps two sides apart, or is worth knowing of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.diagnostics.parity.agreement import Label, Place

Name: TypeAlias = Literal[
    "not finite",
    "no vector",
    "refused length",
    "row order",
    "another model",
    "vocabulary",
    "fewer dimensions",
    "prompt",
    "roles",
    "pooling",
    "another basis",
    "lower-casing",
    "newlines",
    "whitespace",
    "unicode",
    "accents",
    "punctuation",
    "special token",
    "truncation",
    "not deterministic",
    "batch",
    "not normalised",
    "quantised vectors",
    "precision",
    "particular texts",
    "unexplained",
    "empty texts",
    "shared vectors",
    "revision",
]
"""What causes are called, what decides first standing first."""

ORDER: tuple[Name, ...] = get_args(Name)
"""The same, to sort by."""

BOTH: Final = "both"


@dataclass(frozen=True)
class Cause:
    """One cause. decisive: it alone makes the sides differ; else worth knowing.

    covers: the probes whose difference it accounts for. evidence: what was seen.
    """

    name: Name
    about: Label | Literal["both"]
    text: str
    evidence: str = ""
    advice: str = ""
    decisive: bool = True
    covers: frozenset[Place] = frozenset()


def covered(causes: Iterable[Cause]) -> frozenset[Place]:
    """What any of them covers."""
    return frozenset(place for cause in causes for place in cause.covers)


def listed(names: list[str], most: int = 4) -> str:
    """A few names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def number(cosine: float) -> str:
    """A cosine to four digits; never rounded up to 1."""
    return f"{min(cosine, 0.9999):.4f}" if cosine < 1 - 1e-9 else "1"
