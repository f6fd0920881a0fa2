"""What items say, and what was put first for them: looked up in the suite on disk, as the store keeps ids alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.model import Legible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.model import Moved
    from harness.workflows.whereabouts import Whereabouts


def with_texts(
    moved: Sequence[Moved], suite_name: str, fingerprint: str, where: Whereabouts
) -> tuple[tuple[Moved, ...], str]:
    """The same with the texts of items and of answers, each whole and on one line; and why there are none, or nothing.

    Only where the suite is found by its name and is the one that was judged, by its fingerprint; else, and for an
    answer that the suite does not know, the ids stay.
    """
    if not moved:
        return (), ""
    suite = where.suite(suite_name, fingerprint)
    if suite is None:
        return tuple(moved), where.why_missing(suite_name)
    task = suite.task
    if not isinstance(task, Legible):
        return tuple(moved), ""
    texts = task.item_lines({one.id for one in moved})
    answers = task.answer_lines({answer for one in moved for answer in (one.answer_a, one.answer_b) if answer})
    found = (
        replace(
            one,
            text=texts.get(one.id, one.text),
            answer_a=answers.get(one.answer_a, one.answer_a),
            answer_b=answers.get(one.answer_b, one.answer_b),
        )
        for one in moved
    )
    return tuple(found), ""


def without_texts(reasons: Iterable[tuple[str, str]]) -> list[str]:
    """A line for each reason why items have no texts, with the suites that have it. reasons: suite and reason."""
    suites: dict[str, dict[str, None]] = {}
    for suite, reason in reasons:
        if reason:
            suites.setdefault(reason, {})[suite] = None
    return [f"{', '.join(own)}: items are shown by their ids, as {reason}" for reason, own in suites.items()]
