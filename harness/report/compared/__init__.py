"""Two embedders, compared: for a terminal, as markdown, JSON and CSV. Computes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.compared.lines import lines
from harness.report.compared.markdown import markdown
from harness.report.compared.plain import as_csv, as_json
from harness.report.compared.terminal import terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.model import Compared

__all__ = ["compared"]

_WHOLE: Mapping[str, Callable[[Compared], str]] = {"json": as_json, "csv": as_csv}


def compared(outcome: Compared, layout: str, *, every: bool = False) -> str:
    """The comparison in the layout that --format names.

    every: all metrics, not only the first of each suite; json and csv always hold them all.
    """
    if layout in _WHOLE:
        return _WHOLE[layout](outcome)
    shown = {"table": terminal, "markdown": markdown}[layout]
    return shown(outcome, lines(outcome, every=every))
