"""A verdict as markdown: the summary of a job, and the body of a comment on a change.

Texts of items stand in code spans, in which GitHub, GitLab and Gitee look for neither markup nor people nor links.
Services cut what is too long in the middle of a line (GitHub refuses comments of more than 65,536 characters), so every
part has its share of `LIMIT`, and says what it left out.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from harness.report.markdown import line, prose
from harness.report.text import cut
from harness.report.verdicts import wording

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.model import Ruling, Verdict

T = TypeVar("T")

LIMIT = 60_000
"""Bytes."""

_TABLE, _WORDS, _ITEMS, _NOTES = 20_000, 14_000, 16_000, 6_000
"""Bytes of each part: together less than LIMIT by what is left for the rest."""
_SIGNS: Mapping[wording.Weight, str] = {"pass": "✅", "warning": "⚠️", "failure": "❌", "error": "🚫"}
_TEXT, _NAME, _SENTENCE = 160, 100, 600
"""Cells of an item's text, a name, a sentence."""


class _Part(NamedTuple):
    """most: bytes. what: it is made of."""

    most: int
    what: str
    head: str = ""


def summary(verdict: Verdict) -> str:
    """The sentence, the table (what did not pass first), why, the worst items, the notes, the baseline's age."""
    troubled = wording.troubled(verdict)
    passed = [ruling for ruling in verdict.rulings if ruling.answer == "pass"]
    several = len(wording.embedders(verdict)) > 1
    items = [(one, place) for one in troubled for place in range(len(one.moved))]
    parts = [
        f"{marker(verdict)}\n## {_SIGNS[_gravest(verdict)]} Embedding gate\n\n**{_prose(wording.sentence(verdict))}**",
        _candidates(verdict),
        _fitted([*troubled, *passed], partial(_row, verdict=verdict, several=several), _Part(_TABLE, "rulings", _HEAD)),
        _LEGEND if any(one.difference for one in verdict.rulings) else "",
        _fitted(troubled, partial(_why, several=several), _Part(_WORDS, "reasons")),
        _fitted(items, partial(_item, several=several), _Part(_ITEMS, "items")),
        _fitted(verdict.notes, _note, _Part(_NOTES, "notes", "**Notes**\n")),
        _age(verdict),
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def marker(verdict: Verdict) -> str:
    """The first line, which a page does not show: by it, a bot finds the comment that it wrote the last time.

    With the baseline's name, so that two gates of one repository have a comment each.
    """
    name = cut(wording.plain(verdict.baseline).replace(">", ""), _NAME)
    return f"<!-- {' '.join(filter(None, ('embedding-gate', name)))} -->"


_GRAVITY: Sequence[wording.Weight] = ("error", "failure", "warning")
_COLUMNS = ("", "suite", "metric", "against", "before → now", "difference (90 %)", "margin", "answer")
_HEAD = "\n".join([line(_COLUMNS), line(["---", "---", "---", "---", "---:", "---:", "---:", "---"])])
_LEGEND = f"<sub>{wording.LEGEND}</sub>"


def _gravest(verdict: Verdict) -> wording.Weight:
    """Of what counts."""
    found = {wording.weight(one, verdict) for one in verdict.rulings if one.asked.primary}
    return next((weight for weight in _GRAVITY if weight in found), "pass")


def code(text: str, most: int = _TEXT) -> str:
    """Text in a code span that it cannot end; empty where there is none."""
    inside = cut(wording.plain(text), most)
    if not inside:
        return ""
    fence = "`" * (max(map(len, re.findall("`+", inside)), default=0) + 1)
    edge = " " if inside.startswith("`") or inside.endswith("`") else ""
    return f"{fence}{edge}{inside}{edge}{fence}"


def _prose(text: str) -> str:
    """A sentence of ours, which may repeat the words of a service: without markup, people and links."""
    return prose(cut(wording.plain(text), _SENTENCE))


def _cell(text: str) -> str:
    """A name in a table: there, a bar ends a cell even in a code span."""
    return code(text.replace("|", "¦"), _NAME)


def _candidates(verdict: Verdict) -> str:
    found = wording.embedders(verdict)
    several = f" and {len(found) - _FEW} more" if len(found) > _FEW else ""
    names = ", ".join(code(one, _NAME) for one in found[:_FEW])
    return f"Candidate{'s' if len(found) > 1 else ''}: {names}{several}" if found else ""


_FEW = 5


def _row(ruling: Ruling, verdict: Verdict, *, several: bool) -> str:
    of, name = wording.cells(ruling), wording.names(ruling)
    suite = f"{_cell(name.suite)}<br>{_cell(ruling.embedder)}" if several else _cell(name.suite)
    numbers = (of.scores, of.told, of.margin)
    sign = _SIGNS[wording.weight(ruling, verdict)]
    return line([sign, suite, _cell(name.metric), _cell(name.against), *map(_prose, numbers), wording.answer(ruling)])


def _about(ruling: Ruling, *, several: bool) -> str:
    """What a ruling is about, and whom."""
    title = code(wording.title(ruling), _NAME)
    return f"{title} of {code(ruling.embedder, _NAME)}" if several else title


def _why(ruling: Ruling, *, several: bool) -> str:
    return f"- **{wording.answer(ruling)}**: {_about(ruling, several=several)}: {_prose(ruling.words)}"


def _item(lost: tuple[Ruling, int], *, several: bool) -> str:
    """An item, below a heading where it is the first of its ruling."""
    ruling, place = lost
    item = ruling.moved[place]
    told = [] if place else [f"\n**Items that lost most**: {_about(ruling, several=several)}\n"]
    told.append(f"- {wording.moved(item)} {code(item.id, _NAME)} {code(item.text)}".rstrip())
    answers = {"before": item.answer_a, "now": item.answer_b}
    told += [f"  - first {when}: {code(answer)}" for when, answer in answers.items() if answer]
    return "\n".join(told)


def _note(note: str) -> str:
    return f"- {_prose(note)}"


def _fitted(things: Sequence[T], told: Callable[[T], str], part: _Part) -> str:
    """As many as the bytes of the part can hold, and how many were left out."""
    if not things:
        return ""
    kept, size = [part.head] if part.head else [], 0
    for number, thing in enumerate(things):
        text = told(thing)
        size += len(text.encode()) + 1
        if size > part.most:
            return "\n".join([*kept, "", f"… {len(things) - number:,} more {part.what}: see the log of the job."])
        kept.append(text)
    return "\n".join(kept)


def _age(verdict: Verdict) -> str:
    told = [f"Baseline {code(verdict.baseline, _NAME)} {wording.age(verdict)}."] if verdict.baseline else []
    told += [f"To make it anew: {code(verdict.refresh, _SENTENCE)}"] if verdict.refresh else []
    return " ".join(told)
