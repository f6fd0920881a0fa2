"""The rows of one split of a task, from the files that hold them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from harness.catalogue.mteb.plain.files import (
    SUFFIXES,
    Chosen,
    Sought,
    Source,
    beside,
    canonical,
    check_doubles,
    listed,
    of_split,
    of_subset,
    sources,
)
from harness.catalogue.mteb.plain.reading import fields_of, read_source
from harness.catalogue.mteb.plain.repeats import without_parts
from harness.catalogue.mteb.plain.subsets import of_language
from harness.errors import Faults
from harness.interop.mteb import door

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.catalogue.mteb.plain.reading import Field
    from harness.model import Table


@dataclass
class Rows:
    """Columns by the names of their fields. origins: the file and the line of each row."""

    columns: dict[str, list[Any]]
    origins: list[tuple[str, int]]

    def __len__(self) -> int:
        return len(self.origins)

    def without(self, column: str) -> Rows:
        """The rows without a column."""
        return Rows({name: values for name, values in self.columns.items() if name != column}, self.origins)

    def take(self, rows: Sequence[int]) -> Rows:
        """The rows at these positions, in this order."""
        columns = {name: [values[row] for row in rows] for name, values in self.columns.items()}
        return Rows(columns, [self.origins[row] for row in rows])


@dataclass
class Plain:
    """Plain files that are read for a task.

    by_mteb: whether mteb itself is to judge. remarks: what was decided for the user, a sentence each. judged: files
    that are to be read for the split that is judged; without, those that their names tell.
    """

    root: Path
    sought: Sought
    task: Any
    by_mteb: bool = False
    faults: Faults = field(default_factory=Faults)
    remarks: list[str] = field(default_factory=list)
    judged: Chosen | None = None

    def rows(self, fields: Sequence[Field]) -> Rows | None:
        """The rows of the split that is judged; None where there are none, which is a fault."""
        chosen = self.judged or self._named()
        return self._rows(chosen, fields, f"the split {self.sought.split}")

    def others(self) -> Iterator[Plain]:
        """The same with other files for the split that is judged: each alone, and all that are named after a split.

        Without faults and remarks of what was read before.
        """
        named_alike: dict[tuple[str, ...], list[Source]] = defaultdict(list)
        for source in [] if self.root.is_file() else self._candidates():
            named_alike[source.words].append(source)
        groups = list(named_alike.values())
        parts = [source for source in chain(*groups) if self.sought.split_of(source)]
        for files in [*groups, parts] if len(groups) > 1 else []:
            yield replace(self, judged=Chosen(files), faults=Faults(), remarks=[])

    def unread(self, read: Sequence[str]) -> list[str]:
        """Files in which rows that are judged may be, besides those that were read."""
        files = [] if self.root.is_file() else self._candidates()
        return [source.shown for source in files if source.shown not in read]

    def training(self, fields: Sequence[Field], *, needed: bool = True) -> Rows | None:
        """The rows of the task's split for training: of files that are named after it, beside the others.

        None where there are none, which is a fault if they are needed.
        """
        near = beside(self.root) if self.root.is_file() else sources(self.root)
        sought = replace(self.sought, split=self.task.train_split)
        files = [source for source in near if sought.split_of(source) == canonical(sought.split)]
        chosen = of_split(of_subset(files, sought), sought)
        if chosen is None and not needed:
            return None
        what = f"training: mteb learns from the split {sought.split}, which must be there"
        return self._rows(chosen, fields, what)

    def read(self, chosen: Chosen | None, fields: Sequence[Field], what: str) -> Rows | None:
        """The rows of the files, one after the other. what: what they hold, for the fault where there are none."""
        return _united(self._tables(chosen, fields, what, read_source), fields)

    def splits(self, splits: Mapping[str, Rows]) -> Any:
        """A DatasetDict, in memory."""
        return door.module("datasets").DatasetDict({name: dataset(rows.columns) for name, rows in splits.items()})

    def _rows(self, chosen: Chosen | None, fields: Sequence[Field], what: str) -> Rows | None:
        """`read`, of the subset alone where a column tells it, and less files that repeat the others."""
        tables = self._tables(chosen, fields, what, self._of_subset)
        if chosen is not None and all(source.shards is None for source in chosen.files):
            tables = without_parts(tables, self.remarks)
        return _united(tables, fields)

    def _tables(
        self, chosen: Chosen | None, fields: Sequence[Field], what: str, read: Callable[[Source, Faults], Table | None]
    ) -> Sequence[Table]:
        """The fields of each file; none where one of them has a fault."""
        if chosen is None:
            held = listed(sources(self.root)) or f"no file of rows, which end in {', '.join(SUFFIXES)}"
            self.faults.add(self.root.name, 0, "", f"no file for {what}; there is: {held}")
            return []
        if chosen.remark:
            self.remarks.append(chosen.remark)
        check_doubles(chosen.files, self.faults)
        given = (read(source, self.faults) for source in chosen.files)
        found = [table and fields_of(table, fields, self.faults, self.remarks) for table in given]
        tables = [table for table in found if table is not None]
        return tables if len(tables) == len(found) else []

    def _of_subset(self, source: Source, faults: Faults) -> Table | None:
        table = read_source(source, faults)
        told = self.sought.subset_of(source) == self.sought.subset
        return None if table is None else of_language(table, self.sought, told=told, faults=faults)

    def _named(self) -> Chosen | None:
        if not self.root.is_file():
            return of_split(self._candidates(), self.sought)
        files = sources(self.root)
        other = self.sought.split_of(files[0]) if files else ""
        told = other and other != canonical(self.sought.split)
        return Chosen(files, f"{listed(files)} is read in place of the split {self.sought.split}" if told else "")

    def _candidates(self) -> list[Source]:
        """The files that rows that are judged may be in."""
        files = sources(self.root)
        learnt = canonical(getattr(self.task, "train_split", self.sought.split))
        if learnt != canonical(self.sought.split):  # what is learnt from is never what is judged
            files = [source for source in files if self.sought.split_of(source) != learnt]
        return of_subset(files, self.sought)


def _united(tables: Sequence[Table], fields: Sequence[Field]) -> Rows | None:
    """The rows of the tables, one after the other; None without a table."""
    if not tables:
        return None
    names = [field.name for field in fields if all(field.name in table.columns for table in tables)]
    columns = {name: [value for table in tables for value in table.columns[name]] for name in names}
    return Rows(columns, [(table.file, line) for table in tables for line in table.lines])


def dataset(columns: Mapping[str, Sequence[Any]]) -> Any:
    """A Dataset of columns, in memory."""
    return door.module("datasets").Dataset.from_dict(dict(columns))
