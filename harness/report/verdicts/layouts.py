"""A verdict in the layout that --format names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.verdicts.plain import as_csv, as_json
from harness.report.verdicts.summary import summary
from harness.report.verdicts.terminal import terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.model import Verdict

_LAYOUTS: Mapping[str, Callable[[Verdict], str]] = {
    "table": terminal,
    "markdown": summary,
    "json": as_json,
    "csv": as_csv,
}


def verdict(found: Verdict, layout: str) -> str:
    """All of it. Markdown is the summary that a job shows."""
    return _LAYOUTS[layout](found)
