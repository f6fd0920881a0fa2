"""What the store holds beside scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from harness.errors import UsageError, nearest
from harness.store import Store
from harness.workflows.profile.profiling import PROFILE
from harness.workflows.table import demand_held, stored_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.workflows.configuration import Configuration

FoundRow: TypeAlias = "tuple[bool, str, str, str, str, float | None, str]"
"""What `COLUMNS` name."""

COLUMNS = ("warning", "suite", "embedder", "finding", "subject", "value", "note")
_NAME = COLUMNS.index("finding")
BRIEF = ("!", "suite", "embedder", "finding", "value", "note")


def findings(
    configuration: Configuration, suites: Sequence[str], embedders: Sequence[str], names: Sequence[str]
) -> list[FoundRow]:
    """The findings of the latest runs as rows of `COLUMNS`, warnings first; none named is all of them.

    Raises StoreError when there is no store or it cannot be read, UsageError when it holds nothing of what was named.
    """
    held = Store(configuration.store).findings(stored_names(configuration, suites), embedders)
    if not held:
        demand_held(configuration, suites, embedders)
    elif named := [one for one in suites if one != PROFILE]:  # of which the store has no run that was judged
        demand_held(configuration, named, ())
    known = {name for _, _, _, name, *_ in held}
    for name in names:
        if name not in known:
            among = ", ".join(sorted(known)) or "none"
            raise UsageError(f"no run has a finding {name!r}. {nearest(name, known)}Findings there: {among}")
    return [row for row in held if not names or row[_NAME] in names]


def brief(rows: Sequence[FoundRow]) -> list[list[object]]:
    """The same as rows of `BRIEF`, for people: a warning marked, a finding beside what it is about."""
    return [
        ["!" if warning else "", suite, embedder, f"{name} ({subject})" if subject else name, value, note]
        for warning, suite, embedder, name, subject, value, note in rows
    ]
