"""Rows as mteb holds them, read column by column: a row of a `datasets.Dataset` at a time takes 100 times as long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.errors import Fault, SuiteError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.catalogue.mteb.place import MtebPlace

_BATCH = 10_000
"""Rows that are held as Python objects at a time."""


@dataclass(frozen=True)
class Rows:
    """A `Dataset`, or a mapping from column to values, of one subset and split. place: for what is wrong with it."""

    data: Any
    place: MtebPlace

    def __len__(self) -> int:
        """How many rows."""
        if isinstance(self.data, Mapping):
            return max((len(values) for values in self.data.values()), default=0)
        return len(self.data)

    @property
    def names(self) -> Sequence[str]:
        """The names of the columns."""
        return list(self.data if isinstance(self.data, Mapping) else self.data.column_names)

    def column(self, name: str) -> list[Any]:
        """All values of a column. Raises SuiteError where there is none of that name."""
        return [value for (value,) in self.zipped(name)]

    def zipped(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """The values of these columns, row by row. Raises SuiteError where one is missing."""
        for name in names:
            if name not in self.names:
                raise refused(self.place, f"it has no column {name!r}, but {', '.join(self.names)}")
        chosen = self.data if isinstance(self.data, Mapping) else self.data.select_columns(list(names))
        for start in range(0, len(self), _BATCH):
            stop = start + _BATCH
            batch = {n: self.data[n][start:stop] for n in names} if chosen is self.data else chosen[start:stop]
            yield from zip(*(batch[name] for name in names), strict=True)

    def optional(self, *names: str) -> tuple[str, ...]:
        """Those of these names that are columns."""
        return tuple(name for name in names if name in self.names)

    def class_names(self, name: str) -> Sequence[str] | None:
        """What the numbers of a column of classes stand for; None where the column says nothing about it."""
        feature = getattr(self.data, "features", {}).get(name)
        return getattr(feature, "names", None)

    def unfolded(self, *names: str) -> Rows:
        """One row that holds lists in these columns (mteb's first format) as a row per element; else as it is."""
        if len(self) != 1:
            return self
        first = {name: self.column(name)[0] for name in names}
        # Not lists alone: a column of a Dataset, as some tasks put it into their one row, is a sequence of its own.
        lists = all(isinstance(value, Sequence) and not isinstance(value, str) for value in first.values())
        return Rows(first, self.place) if lists else self


def rows_of(task: Any, place: MtebPlace, split: str = "") -> Rows:
    """The rows of the place's subset, and of its split unless another is named. Raises SuiteError without them."""
    data = split_of(task, place, split or place.split)
    if isinstance(data, list):
        data = {name: [row.get(name) for row in data] for name in dict.fromkeys(name for row in data for name in row)}
    return Rows(data, place)


def splits_of(task: Any, place: MtebPlace) -> Any:
    """A task's data by split. A task with one subset, and one whose subsets are columns, hold their splits directly."""
    return task.dataset.get(place.subset, task.dataset)


def split_of(task: Any, place: MtebPlace, split: str) -> Any:
    """Whatever a task holds for a split of the place's subset. Raises SuiteError where it has none of that name."""
    data = splits_of(task, place)
    if split not in data:
        raise refused(place, f"it has no split {split!r}. {nearest(split, data)}It has {', '.join(map(str, data))}")
    return data[split]


def refused(place: MtebPlace, message: str) -> SuiteError:
    """The error about a task's data."""
    return SuiteError(place.name, (Fault(place.asked.data or place.entry.path, 0, "", message),))
