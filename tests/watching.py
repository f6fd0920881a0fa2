"""A watch for runs in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.model import Run


class Watcher:
    """Keeps warnings, and looks at nothing else."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def began(self, embedder: str, suite: str, texts: int) -> None:
        """Of a suite."""

    def embedded(self, texts: int) -> None:
        """Of some texts."""

    def ended(self, run: Run) -> None:
        """Of a run."""

    def told(self, text: str) -> None:
        """Of what takes its time."""

    def warned(self, text: str) -> None:
        """Before the first run."""
        self.warnings.append(text)
