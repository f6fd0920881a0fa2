"""What is noticed about the quality of a suite, for the person who made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["info", "warning"]
"""warning: scores on this suite mislead whoever does not know this. info: worth knowing."""

EXAMPLES = 3
"""How many examples a note shows."""
_SHOWN = 40
"""Characters of a text in an example."""


@dataclass(frozen=True)
class Note:
    """One thing that was noticed. It keeps no suite from being run: what does is a fault.

    check: what was looked at. subject: where: files, columns, classes. value: a count, a share or a score. examples: a
    few of the places. advice: what to do, empty where there is nothing to do.
    """

    check: str
    severity: Severity
    value: float | None
    subject: str
    text: str
    examples: tuple[str, ...] = ()
    advice: str = ""


def shown(text: str) -> str:
    """A text as it stands in an example: on one line, and no longer than a reader needs to find it."""
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= _SHOWN else f"“{line[:_SHOWN]}…”"


def severity(*, warned: bool) -> Severity:
    """Warning or info."""
    return "warning" if warned else "info"
