"""The course of a score over runs: a plot and a list of changes in the terminal, rows for json and csv, SVG.

Points stand side by side, one for each change of the score; time is not to scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.course.plain import as_csv, as_json, markdown
from harness.report.course.terminal import terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.compare.course import Course

__all__ = ["courses"]

_LAYOUTS: Mapping[str, Callable[[Sequence[Course]], str]] = {
    "table": terminal,
    "markdown": markdown,
    "json": as_json,
    "csv": as_csv,
}


def courses(found: Sequence[Course], layout: str) -> str:
    """The courses, in the layout that --format names."""
    return _LAYOUTS[layout](found)
