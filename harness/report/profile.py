"""What embedders cost, side by side: a measure a row, an embedder a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from harness.diagnostics.cost.measure import TEXT, YES_NO
from harness.report.console import console
from harness.report.grid import MISSING
from harness.report.markdown import escaped, line
from harness.report.plain import query_csv, query_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from harness.diagnostics.cost import Measure, Profile

Key: TypeAlias = "tuple[str, str]"
"""The name and the subject of a measure: what makes a row."""

COLUMNS = ("embedder", "finding", "subject", "value", "low", "high", "unit", "note")
"""Of --format json and csv: a row per embedder and measure."""

_LABELS: Mapping[str, str] = {
    "cold_start": "cold start",
    "query_latency": "one query, {}",
    "rerank_latency": "100 candidates, {}",
    "pairs_per_second": "pairs/s",
    "indexing_time": "indexing 100 documents",
    "throughput": "texts/s, {} per call",
    "best_batch": "best texts per call",
    "tokens_per_second": "tokens/s",
    "document_tokens": "tokens per document",
    "peak_memory": "peak memory",
    "gpu_memory": "GPU memory",
    "parameters": "parameters",
    "disk_size": "files on disk",
    "dimension": "dimension",
    "index_size": "1M documents, {}",
    "embedding_hours": "{} documents, time",
    "embedding_cost": "{} documents, price",
    "token_price": "1M tokens, price",
    "device": "runs on",
    "packages": "dependencies",
    "installation": "pip install",
    "needs_network": "needs the network",
    "needs_key": "needs a key",
    "data_leaves_machine": "texts leave the machine",
    "licence": "licence",
}
"""The rows in their order. Where there is no place for the subject, it is a part, and stands indented below."""

_SECTIONS = frozenset({"throughput", "peak_memory", "dimension", "device"})
"""Names before which a line is drawn."""

_LEGEND = (
    "In brackets: the smallest and the largest of several. How each was measured: `harness findings -s profile`. "
    "Accuracy: `harness run`."
)
_MILLION = 1_000_000
_WHOLE = 100
_WIDTH, _PADDING = 20, 3


@dataclass(frozen=True)
class _Sheet:
    """The table as text. notes: what is to be known about a cell, by number."""

    names: Sequence[str]
    rows: Sequence[tuple[Key, Sequence[str]]]
    notes: Sequence[str]


def profiles(found: Sequence[Profile], layout: str) -> str:
    """The measures of embedders, in the layout that --format names."""
    return _LAYOUTS[layout](found)


def _rows(found: Sequence[Profile]) -> list[list[object]]:
    rows: list[list[object]] = []
    for one in found:
        rows += [
            [one.embedder, of.name, of.subject, of.value, of.low, of.high, of.unit, of.note] for of in one.measures
        ]
        if one.status != "ok":
            rows.append([one.embedder, "not_measured", "", None, None, None, "", one.reason])
    return rows


def _sheet(found: Sequence[Profile]) -> _Sheet:
    order = list(_LABELS)
    keys = dict.fromkeys((of.name, of.subject) for one in found for of in one.measures) or {(order[0], ""): None}
    rows = sorted(keys, key=lambda key: order.index(key[0]))  # stable: parts stay in their order
    notes: dict[str, int] = {}
    by_key = [{(of.name, of.subject): of for of in one.measures} for one in found]
    cells = [
        (key, [_cell(one, of.get(key), notes, first=key == rows[0]) for one, of in zip(found, by_key, strict=True)])
        for key in rows
    ]
    return _Sheet([one.embedder for one in found], cells, list(notes))


def _cell(one: Profile, measure: Measure | None, notes: dict[str, int], *, first: bool) -> str:
    if measure is None:
        return f"failed {_number(one.reason, notes)}" if one.status != "ok" and first else MISSING
    if measure.value is None and measure.unit != TEXT:
        return f"{MISSING} {_number(measure.note, notes)}"
    mark = f" {_number(measure.note, notes)}" if measure.caution else ""
    return shown(measure) + mark


def _number(note: str, notes: dict[str, int]) -> str:
    return f"[{notes.setdefault(note, len(notes) + 1)}]"


def shown(measure: Measure) -> str:
    """The value with its unit, or the words, as people read them; the spread in brackets."""
    if measure.value is None:
        return measure.note
    if measure.unit == YES_NO:
        return "yes" if measure.value else "no"
    text = " ".join(filter(None, (_digits(measure.value), _UNITS.get(measure.unit, measure.unit))))
    if measure.low is None or measure.high is None:
        return text
    return f"{text} ({_digits(measure.low)}–{_digits(measure.high)})"


_UNITS = {"texts/s": "", "tokens/s": "", "pairs/s": "", "texts": "", "tokens": "", "numbers": ""}
"""Units that the row names already."""


def _digits(value: float) -> str:
    """Three digits, more only before the point: 0.0123, 12.3, 1,234, 22.7M."""
    if value >= _MILLION:
        return f"{value / _MILLION:,.1f}M"
    return f"{value:,.0f}" if value >= _WHOLE or value == int(value) else f"{value:.3g}"


def _label(key: Key) -> str:
    name, subject = key
    label = _LABELS[name]
    return label.format(subject) if "{}" in label or not subject else f"  {subject}"


def _terminal(found: Sequence[Profile]) -> str:
    sheet = _sheet(found)
    screen = console()
    with screen.capture() as captured:
        for columns in _pages(sheet, screen.width):
            screen.print(_table(sheet, columns))
        screen.print(_LEGEND, style="dim", soft_wrap=True)
        for number, note in enumerate(sheet.notes, start=1):
            screen.print(Text(f"[{number}] {note}"), soft_wrap=True)
    return captured.get()


def _pages(sheet: _Sheet, width: int) -> Iterator[range]:
    """The embedders in runs that fit beside the names of the rows."""
    room = width - max(cell_len(_label(key)) for key, _ in sheet.rows) - _PADDING - 1
    together = max(1, room // (_WIDTH + _PADDING))
    for start in range(0, len(sheet.names), together):
        yield range(start, min(start + together, len(sheet.names)))


def _table(sheet: _Sheet, columns: range) -> Table:
    table = Table(header_style="")
    table.add_column("", no_wrap=True)
    for column in columns:
        table.add_column(Text(sheet.names[column]), overflow="fold", justify="right")
    above = sheet.rows[0][0][0]
    for key, cells in sheet.rows:
        if all(cells[column] == MISSING for column in columns):
            continue
        if key[0] != above and key[0] in _SECTIONS:
            table.add_section()
        above = key[0]
        table.add_row(Text(_label(key)), *(Text(cells[column]) for column in columns))
    return table


def _markdown(found: Sequence[Profile]) -> str:
    sheet = _sheet(found)
    lines = [line(["", *map(escaped, sheet.names)]), line(["---", *["---:"] * len(sheet.names)])]
    lines += [line([escaped(_label(key).replace("  ", "– ")), *map(escaped, cells)]) for key, cells in sheet.rows]
    notes = [f"{number}. {escaped(note)}" for number, note in enumerate(sheet.notes, start=1)]
    return "\n".join([*lines, *([""] if notes else []), *notes]) + "\n"


_LAYOUTS: Mapping[str, Callable[[Sequence[Profile]], str]] = {
    "table": _terminal,
    "markdown": _markdown,
    "json": lambda found: query_json(COLUMNS, _rows(found)),
    "csv": lambda found: query_csv(COLUMNS, _rows(found)),
}
