"""What a reader has to be careful about, said once for all whom it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.page.alike import gist, merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.model import Row
    from harness.report.page.alike import Gist
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


def by_text(found: Iterable[tuple[str, str, str]], to: str) -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
    """Embedder, suite, text of each → text, and the suites of each embedder; texts that are alike are one."""
    texts: dict[Gist, dict[str, None]] = {}
    suites: dict[Gist, dict[str, list[str]]] = {}
    for embedder, suite, text in found:
        texts.setdefault(gist(text), {})[text] = None
        suites.setdefault(gist(text), {}).setdefault(embedder, []).append(suite)
    return ((merged(texts[key], to), whom) for key, whom in suites.items())


def by_suites(whom: Mapping[str, Sequence[str]]) -> Mapping[tuple[str, ...], Sequence[str]]:
    """The suites of each embedder → the embedders of the same suites."""
    found: dict[tuple[str, ...], list[str]] = {}
    for embedder, suites in whom.items():
        found.setdefault(tuple(suites), []).append(embedder)
    return found
