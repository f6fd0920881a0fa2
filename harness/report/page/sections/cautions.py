"""What a reader has to be careful about, said once for all whom it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.model import Row
    from harness.report.page.words import Words


def cautions(row: Row, words: Words) -> list[str]:
    """Recorded warnings, where a score is from, and whether it could be one of random vectors."""
    texts = [words.recorded(text) for text in row.warnings]
    texts += [words("imported")] if row.imported else []
    return texts + ([words("chance")] if _chancy(row) else [])


def _chancy(row: Row) -> bool:
    """Whether the interval reaches the random floor; the score itself where there is no interval."""
    if row.value is None or row.floor is None:
        return False
    worst = row.low if row.higher_is_better else row.high
    ahead = (row.value if worst is None else worst) - row.floor
    return ahead <= 0 if row.higher_is_better else ahead >= 0


def cautioned(rows: Iterable[Row], words: Words) -> Iterator[tuple[str, str, str]]:
    """Embedder, suite and text of every caution."""
    return ((row.embedder, row.suite, text) for row in rows for text in cautions(row, words))


def together(found: Iterable[tuple[str, str, str]]) -> Iterator[tuple[Sequence[str], Sequence[str], str]]:
    """Embedder, suite, text of each → embedders, suites, text: those of one text and the same suites are told once."""
    suites: dict[tuple[str, str], list[str]] = {}
    for embedder, suite, text in found:
        suites.setdefault((embedder, text), []).append(suite)
    embedders: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (embedder, text), own in suites.items():
        embedders.setdefault((text, tuple(own)), []).append(embedder)
    for (text, shared), names in embedders.items():
        yield names, shared, text
