"""What a text looks like from outside: its words and its characters."""

from __future__ import annotations

import unicodedata

from harness.diagnostics.scripts import runs


def normalised(text: str) -> str:
    """The text in Unicode's form NFKC, without case, and with one blank for each run of white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def parts(text: str) -> frozenset[str]:
    """The distinct words of a text; of a run of Han, kana or Hangul the pairs of neighbouring characters."""
    found: set[str] = set()
    for run, unspaced in runs(normalised(text)):
        if unspaced:
            found.update(run[start : start + 2] for start in range(max(1, len(run) - 1)))
        else:
            found.add(run)
    return frozenset(found)


def unspaced_share(text: str) -> float:
    """Han, kana and Hangul among the letters and digits of a text; 0 where there are none."""
    lengths = [(len(run), unspaced) for run, unspaced in runs(text)]
    letters = sum(length for length, _ in lengths)
    return sum(length for length, unspaced in lengths if unspaced) / letters if letters else 0.0


def related(one: str, other: str) -> bool:
    """Whether two words show their kinship: a common unspaced character, or a common beginning.

    The beginning counts that is at least 3 letters long and 60 % of the shorter word.
    """
    first, second = normalised(one), normalised(other)
    if _unspaced(first) & _unspaced(second):
        return True
    same = 0
    while same < min(len(first), len(second)) and first[same] == second[same]:
        same += 1
    return same >= 3 and same >= 0.6 * min(len(first), len(second))  # noqa: PLR2004 # as the docstring says


def _unspaced(text: str) -> set[str]:
    return {character for run, unspaced in runs(text) if unspaced for character in run}
