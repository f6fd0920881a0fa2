"""What mteb tells of its own data, in its package: how large they are, and whether a user's copy is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.catalogue.mteb.plain.splits import Rows

_PARTS = {"documents": "corpus", "queries": "queries"}
_NEAR = 0.005
"""Two numbers of characters that differ by less, as a share, may be of the same texts with other blanks."""


class Part(Protocol):
    """A split and a subset of a task, as `Sought` and `MtebPlace` have them."""

    @property
    def split(self) -> str:
        """Its name."""

    @property
    def subset(self) -> str:
        """Its name."""


@dataclass(frozen=True)
class Size:
    """A number of texts, or of rows of them, and their characters in all."""

    count: int
    characters: int

    def like(self, other: Size) -> bool:
        """Whether both may be of the same texts."""
        return self.count == other.count and abs(self.characters - other.characters) <= _NEAR * other.characters


def published_statistics(task: Any, sought: Part) -> Mapping[str, Any]:
    """What mteb has counted of its own data for a split and a subset; empty where it has not."""
    found: Mapping[str, Any] = (task.metadata.descriptive_stats or {}).get(sought.split) or {}
    subsets: Mapping[str, Mapping[str, Any]] = found.get("hf_subset_descriptive_stats", {})
    return subsets.get(sought.subset, {}) if subsets else found


def published_rows(statistics: Mapping[str, Any], columns: int) -> Size | None:
    """How large the split of a task of rows is in mteb's own data; None where that is not known.

    columns: how many texts are in a row.
    """
    one = statistics.get("text_statistics") or {}
    characters = one.get("total_text_length") if columns == 1 else statistics.get("number_of_characters")
    return Size(statistics["num_samples"], characters) if characters else None


def published_texts(statistics: Mapping[str, Any], what: str) -> Size | None:
    """How large a part of a ranking task is in mteb's own data. what: documents or queries."""
    found = statistics.get(f"{what}_text_statistics") or {}
    total, mean = found.get("total_text_length", 0), found.get("average_text_length", 0)
    return Size(round(total / mean), total) if mean else None


def size_of(texts: Sequence[str]) -> Size:
    """As mteb counts: without the blanks around a text."""
    return Size(len(texts), sum(len(text.strip()) for text in texts))


def together(rows: Rows, *columns: str) -> list[str]:
    """The texts of these columns, as far as they are there, as mteb puts them together."""
    there = [rows.columns[name] for name in columns if name in rows.columns]
    return [" ".join(parts) for parts in zip(*there, strict=True)]


def difference(what: str, here: Size, there: Size | None) -> list[str]:
    """That data are not those that published numbers are of; nothing where they may be, or where it is not known."""
    if there is None or here.like(there):
        return []
    found = f"{here.count:,} {what} of {here.characters:,} characters here"
    return [
        f"not mteb's own data, which published numbers are of: {found}, {there.count:,} of {there.characters:,} there"
    ]


def ranking_differences(statistics: Mapping[str, Any], corpus: Rows, queries: Rows) -> list[str]:
    """`difference` for the documents and the queries of a ranking task."""
    documents, asked = (published_texts(statistics, what) for what in ("documents", "queries"))
    return [
        *difference("documents", size_of(together(corpus, "title", "text")), documents),
        *difference("queries", size_of(together(queries, "text", "instruction")), asked),
    ]


def count_differences(task: Any, part: Part) -> list[str]:
    """`difference` by the numbers of rows alone, for a task that mteb has loaded from a copy of a data set.

    Nothing for rows that are sets: mteb counts them as it takes them apart.
    """
    statistics = published_statistics(task, part)
    data = task.dataset.get(part.subset, task.dataset)[part.split]
    if isinstance(data, Mapping):
        counts = {"documents": "num_documents", "queries": "num_queries"}
        held = {what: (len(data[name]), statistics.get(counts[what])) for what, name in _PARTS.items() if name in data}
    else:
        sets = len(data) == 1 or any(base.__name__ == "AbsTaskClusteringLegacy" for base in type(task).__mro__)
        held = {} if sets else {"rows": (len(data), statistics.get("num_samples"))}
    return [
        f"not mteb's own data, which published numbers are of: {here:,} {what} here, {there:,} there"
        for what, (here, there) in held.items()
        if there is not None and here != there
    ]
