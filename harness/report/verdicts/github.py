"""A verdict as commands to a GitHub runner, which shows them beside the change.

::error title=…::… as in "Workflow commands for GitHub Actions", escaped as actions/toolkit does it
(packages/core/src/command.ts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.text import cut
from harness.report.verdicts import wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model import Verdict

_LEVELS: Mapping[wording.Weight, str] = {"warning": "warning", "failure": "error", "error": "error"}
_MOST = 600
"""Cells of a message."""


def commands(verdict: Verdict) -> str:
    """A notice with the sentence, an error or a warning per ruling that did not pass, a warning per note."""
    lines = [_command("notice", "embedding gate", wording.sentence(verdict))]
    for ruling in wording.troubled(verdict):
        level = _LEVELS[wording.weight(ruling, verdict)]
        title = f"{wording.answer(ruling)}: {wording.title(ruling)}"
        lines.append(_command(level, title, f"{ruling.embedder}: {ruling.words}"))
    lines += [_command("warning", "embedding gate", note) for note in verdict.notes]
    return "".join(f"{line}\n" for line in lines)


def _command(level: str, title: str, message: str) -> str:
    return f"::{level} title={_property(_brief(title))}::{_data(_brief(message))}"


def _brief(text: str) -> str:
    return cut(wording.plain(text), _MOST)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
