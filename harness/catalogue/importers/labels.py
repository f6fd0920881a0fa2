"""Labels of pairs, as people and programs write them → 1 for a match, 0 for none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.catalogue import pair_labels
from harness.catalogue.columns import listed
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.catalogue.importers.draft import Draft
    from harness.catalogue.importers.request import Request

MATCH, NO_MATCH = "1", "0"
MOST_WORDS = 50
"""Different labels of pairs that are counted."""


def labels(asked: Request, kind: Any, shown: str, draft: Draft) -> Labels | None:
    """The reader of the labels of pairs; None for another kind. Raises UsageError for --positive with one."""
    if kind.kind == "pairs":
        return Labels(asked.options.get("positive", ()), asked.mapping().get("label", "label"), shown, draft)
    if "positive" in asked.options:
        raise UsageError(f"--positive says which labels of pairs are a match; {kind.kind} suites have none")
    return None


class Labels:
    """Counts labels and judges them. positive: those that are a match; column, shown: for faults."""

    def __init__(self, positive: tuple[str, ...], column: str, shown: str, draft: Draft) -> None:
        self._column = column
        self._shown = shown
        self._positive = positive
        self._draft = draft
        self._counts: dict[str, int] = {}

    def judged(self, label: Any) -> str:
        """`1` for a match, `0` for none; as it is where there is none, or --positive would have to tell."""
        text = str("" if label is None else label).strip()
        text = text.lower() if isinstance(label, bool) else text
        if not text:
            return ""
        if text in self._counts or len(self._counts) < MOST_WORDS:
            self._counts[text] = self._counts.get(text, 0) + 1
        if self._positive:
            return MATCH if text in self._positive else NO_MATCH
        return str(pair_labels.PLAIN.get(text.lower(), text))

    def close(self) -> None:
        """Note what became of each label.

        Faults: a positive one that never occurs; without any, words that nobody has told the meaning of.
        """
        if not self._positive:
            self._check_plain()
            return
        for word in self._positive:
            if word not in self._counts and self._counts:
                message = f"no such label: --positive {word}, but the column has {listed(self._counts)}"
                self._draft.faults.add(self._shown, 0, self._column, message)
        for word, count in self._counts.items():
            self._draft.note(count, f"pairs labelled {word!r} are {MATCH if word in self._positive else NO_MATCH}")

    def _check_plain(self) -> None:
        """One fault for a column of words. Where most labels are plain, the others are typing errors in their rows."""
        words = [word for word in self._counts if word.lower() not in pair_labels.PLAIN]
        if len(words) * 2 > len(self._counts):
            match = next((word for word in words if word.lower() in pair_labels.MATCH), "LABEL")
            advice = f"say which of them are a match: --positive {match}"
            message = f"labels other than 1 and 0: the column has {listed(self._counts)}; {advice}"
            self._draft.faults.add(self._shown, 0, self._column, message)
