"""The suite that an import writes: tables row by row, each row with the line of the source that it came from."""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_right
from contextlib import ExitStack
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

import yaml

from harness.catalogue.locate import DECLARATION
from harness.catalogue.metrics import usual
from harness.catalogue.rowfaults import RowFaults
from harness.errors import Fault, HarnessError, SuiteError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from harness.catalogue.importers.request import Request

_OPTIONS: Mapping[str, str] = {"parameters": "--parameter", "metrics": "--metric"}
"""Keys of the suite.yaml that options of the command line become."""
PAUSE = 5.0
"""Seconds between two words about how far an import is."""
_EARLIER = re.compile(r"(?P<before>stands in line |: line )(?P<line>\d+)(?P<after> already| gives )")
"""How the messages of the catalogue and of the kinds name an earlier line of the same table."""


class WriteError(HarnessError):
    """The suite cannot be written: no space, no permission."""


class TableDraft:
    """A table that is being written: JSON Lines, or with `header` tab-separated cells."""

    def __init__(self, file: Path, shown: str, header: Sequence[str], tick: Callable[[], None]) -> None:
        self.name = file.stem
        self.file = file.name
        self.header = tuple(header)
        self.keys: dict[str, str] = {}
        self._stream = file.open("wb", buffering=1 << 20)
        self._shown = shown
        self._tick = tick
        self._lines = array("Q")
        self._files: list[tuple[int, str]] = []
        if header:
            self._stream.write(("\t".join(header) + "\n").encode())

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, row: Mapping[str, Any], shown: str, line: int) -> None:
        """Write a row that came from this line of the file that faults call `shown`. Raises WriteError."""
        if not self._files or self._files[-1][1] != shown:
            self._files.append((len(self._lines), shown))
        self._lines.append(line)
        try:
            self._stream.write(self._encoded(row))
        except OSError as error:
            raise WriteError(f"the suite cannot be written: {error.strerror}") from error
        self._tick()

    def close(self) -> None:
        """Write what is left. Raises WriteError."""
        try:
            self._stream.close()
        except OSError as error:
            raise WriteError(f"the suite cannot be written: {error.strerror}") from error

    def take_out(self, folder: Path, lines: frozenset[int]) -> None:
        """Write the closed table again without these of its lines. Raises WriteError."""
        file, half = folder / self.file, folder / f"{self.file}.half"
        try:
            with file.open("rb") as before, half.open("wb") as after:
                after.writelines(text for line, text in enumerate(before, 1) if line not in lines)
            half.replace(file)
        except OSError as error:
            raise WriteError(f"the suite cannot be written: {error.strerror}") from error
        origins = [self.origin(row + 1 + bool(self.header)) for row in range(len(self))]
        kept = [origin for row, origin in enumerate(origins, 1 + bool(self.header)) if row not in lines]
        self._lines = array("Q", [line for _, line in kept])
        self._files = [(row, name) for row, (name, _) in enumerate(kept) if not row or kept[row - 1][0] != name]

    def origin(self, line: int) -> tuple[str, int]:
        """File and line of the source that a line of this table came from; line 0 where it came from none."""
        row = line - 1 - bool(self.header)
        if not 0 <= row < len(self._lines):
            return self._shown, 0
        place = bisect_right(self._files, row, key=lambda begun: begun[0])
        return self._files[place - 1][1], self._lines[row]

    def _encoded(self, row: Mapping[str, Any]) -> bytes:
        if self.header:
            return ("\t".join(str(row[name]) for name in self.header) + "\n").encode(errors="replace")
        try:
            return (json.dumps(row, ensure_ascii=False, default=str) + "\n").encode()
        except UnicodeEncodeError:  # half a surrogate pair: escaped, so that the suite's own check finds it
            return (json.dumps(row, default=str) + "\n").encode()
        except RecursionError:  # as deep as the interpreter's stack: read by nobody
            return (json.dumps({name: _flat(value) for name, value in row.items()}) + "\n").encode()


class Draft:
    """A suite folder that is being written.

    faults: what is wrong with the source; nobody reads the draft when there are any. What is wrong with one row is told
    with `rowfaults.row_fault`, so that --skip-faulty can leave the row out. notes: what was left out or
    decided. labelled: whether the suite can be loaded as it is.
    """

    def __init__(self, folder: Path, name: str, tell: Callable[[str], None], *, skip_faulty: bool = False) -> None:
        self.folder = folder
        self.name = name
        self.kind = ""
        self.faults = RowFaults(skip=skip_faulty)
        self.notes: list[str] = []
        self.labelled = True
        self.tables: dict[str, TableDraft] = {}
        self._tell = tell
        self._rows = 0
        self._told = monotonic()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def table(self, name: str, shown: str, header: Sequence[str] = ()) -> TableDraft:
        """Begin a table. shown: the source's name, for faults of the table as a whole. Raises WriteError."""
        file = self.folder / f"{name}.{'tsv' if header else 'jsonl'}"
        try:
            made = TableDraft(file, shown, header, self._tick)
        except OSError as error:
            raise WriteError(f"the suite cannot be written: {error.strerror}") from error
        self._open.callback(made.close)
        self.tables[name] = made
        return made

    def note(self, count: int, what: str) -> None:
        """Keep what was left out, or decided, so many times."""
        if count:
            self.notes.append(f"{count} {what}")

    def declare(self, asked: Request) -> None:
        """Write the suite.yaml. Raises WriteError, and UsageError for a kind whose metrics are not known."""
        metrics = asked.metrics or usual(self.kind, self.tables)
        if not metrics:
            raise UsageError(f"--metric is missing: name what {self.kind} suites are measured with")
        declared = {
            "title": _printable(asked.title) or f"{self.name} (imported, {asked.format})",
            "licence": _printable(asked.licence) or "not stated",
            "task": self.kind,
            "tables": {name: table.file for name, table in self.tables.items()},
            "metrics": list(metrics),
            **({"parameters": dict(asked.parameters)} if asked.parameters else {}),
        }
        text = yaml.safe_dump(declared, allow_unicode=True, sort_keys=False, width=1000, default_flow_style=None)
        self.write(DECLARATION, text)

    def write(self, name: str, text: str) -> None:
        """Write a whole file of the suite. Raises WriteError."""
        try:
            (self.folder / name).write_text(text, encoding="utf-8", errors="replace")
        except OSError as error:
            raise WriteError(f"the suite cannot be written: {error.strerror}") from error

    def traced(self, error: SuiteError) -> SuiteError:
        """The faults of the written suite as faults of what it was made from."""
        return SuiteError(self.name, tuple(self.trace(fault) for fault in error.faults), error.total)

    def trace(self, fault: Fault) -> Fault:
        """A fault of the written suite as one of what it was made from."""
        table = next((table for table in self.tables.values() if table.file == fault.file), None)
        if table is None:
            scope, _, parameter = fault.key.partition(".")
            if scope in _OPTIONS:
                return Fault(_OPTIONS[scope], 0, parameter, fault.message)
            return fault
        shown, line = table.origin(fault.line)

        def earlier(found: re.Match[str]) -> str:
            file, number = table.origin(int(found["line"]))
            other = "" if file == shown else f" of {file}"
            return f"{found['before']}{number}{other}{found['after']}"

        message = _EARLIER.sub(earlier, fault.message)
        return Fault(shown, line, table.keys.get(fault.key, fault.key), message)

    def _tick(self) -> None:
        self._rows += 1
        if self._rows % 10_000 == 0 and monotonic() - self._told > PAUSE:
            self._told = monotonic()
            self._tell(f"{self._rows:,} rows written")


def _flat(value: Any) -> Any:
    """The value, a list or an object emptied."""
    return type(value)() if isinstance(value, list | dict) else value


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text).strip()
