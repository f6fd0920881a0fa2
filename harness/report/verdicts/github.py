"""A verdict as commands to a GitHub runner, which shows them beside the change.

::error title=…::… as in "Workflow commands for GitHub Actions", escaped as actions/toolkit does it
(packages/core/src/command.ts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.text import cut
from harness.report.verdicts import wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model import Gate, Limit, Ruling, Verdict

_LEVELS: Mapping[wording.Weight, str] = {"warning": "warning", "failure": "error", "error": "error"}
_MOST = 600
"""Cells of a message."""


def commands(verdict: Verdict) -> str:
    """A notice with the sentence, an error or a warning per gate that did not pass, a notice per note.

    A gate that a candidate did not pass against several references is told of once, by the gravest answer.
    """
    lines = [_command("notice", "embedding gate", wording.sentence(verdict))]
    gates: dict[tuple[Gate | Limit, str], list[Ruling]] = {}
    for ruling in wording.troubled(verdict):
        gates.setdefault((ruling.asked, ruling.embedder), []).append(ruling)
    lines += [_about(first, others, verdict) for first, *others in gates.values()]
    lines += [_command("notice", "embedding gate", note) for note in verdict.notes]
    return "".join(f"{line}\n" for line in lines)


def _about(ruling: Ruling, others: Sequence[Ruling], verdict: Verdict) -> str:
    level = _LEVELS[wording.weight(ruling, verdict)]
    title = f"{wording.answer(ruling)}: {wording.title(ruling)}"
    also = [
        f"against {one.reference}, {wording.answer(one)}: {one.words}" for one in others if one.words != ruling.words
    ]
    return _command(level, title, "; ".join([f"{ruling.embedder}: {ruling.words}", *also]))


def _command(level: str, title: str, message: str) -> str:
    return f"::{level} title={_property(_brief(title))}::{_data(_brief(message))}"


def _brief(text: str) -> str:
    return cut(wording.plain(text), _MOST)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
