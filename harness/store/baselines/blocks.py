"""Items of runs ↔ blocks of rows, a blank line between them.

    suite     zh/lexical-gap  embedder  bm25:
    id        group           answer    ndcg@10   rr@10
    q1        doc-7           doc-7     1.000000  1.000000

A cell is empty where a measure has no value on an item, or where nothing was put first. Rows are in the order of ids.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from harness.model import ItemScores
from harness.store.baselines.text import escaped, fixed, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.model import Run

_FIXED = ("id", "group", "answer")
_SUITE, _EMBEDDER = "suite", "embedder"


@dataclass
class Items:
    """What the blocks say of one suite and embedder."""

    scores: list[ItemScores] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)


class BlockError(ValueError):
    """A line that does not fit into its block. line: from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def written_blocks(runs: Sequence[Run]) -> str:
    """The items and answers of rounded runs; runs without either have no block."""
    return "\n".join(block for run in runs for block in _blocks(run))


def read_blocks(text: str) -> dict[tuple[str, str], Items]:
    """(suite, embedder) → items. Raises BlockError."""
    found: dict[tuple[str, str], Items] = {}
    first = 1
    for block in text.removesuffix("\n").split("\n\n") if text else ():
        lines = block.split("\n")
        _read_block(lines, first, found)
        first += len(lines) + 1
    return found


def _blocks(run: Run) -> Iterator[str]:
    """One block, or more where measures put the same item into different groups."""
    left = dict(run.answers)
    for groups, measures in _together(run.items):
        answers = {item: left.pop(item) for item in groups if item in left}
        yield _block(run, groups, answers, measures)
    if any(left.values()):
        yield _block(run, dict.fromkeys(left, ""), left, [])


def _together(items: Sequence[ItemScores]) -> list[tuple[dict[str, str], list[ItemScores]]]:
    """Measures that agree on the groups of items, each time with those: item → group."""
    found: list[tuple[dict[str, str], list[ItemScores]]] = []
    for scores in items:
        own = dict(zip(scores.ids, scores.groups, strict=True))
        for groups, measures in found:
            if all(groups.get(item, group) == group for item, group in own.items()):
                groups.update(own)
                measures.append(scores)
                break
        else:
            found.append((own, [scores]))
    return found


def _block(run: Run, groups: Mapping[str, str], answers: Mapping[str, str], measures: Sequence[ItemScores]) -> str:
    columns = [dict(zip(scores.ids, map(fixed, scores.values.tolist()), strict=True)) for scores in measures]
    rows = [
        [item, groups[item], answers.get(item, ""), *(column.get(item, "") for column in columns)]
        for item in sorted(groups)
    ]
    heads = [[_SUITE, run.suite, _EMBEDDER, run.embedder], [*_FIXED, *(scores.measure for scores in measures)]]
    return "".join("\t".join(map(escaped, cells)) + "\n" for cells in (*heads, *rows))


def _read_block(lines: Sequence[str], first: int, found: dict[tuple[str, str], Items]) -> None:
    cells = [_cells(line, first + place) for place, line in enumerate(lines)]
    if len(cells) < len((_SUITE, _EMBEDDER)) or cells[0][::2] != [_SUITE, _EMBEDDER]:
        raise BlockError(first, f"a block of items begins with the columns {_SUITE}, its name, {_EMBEDDER}, its name")
    (_, suite, _, embedder), heads, *rows = cells
    if tuple(heads[: len(_FIXED)]) != _FIXED:
        raise BlockError(first + 1, f"the columns of a block begin with {', '.join(_FIXED)}")
    for place, row in enumerate(rows, start=first + 2):
        if len(row) != len(heads):
            raise BlockError(place, f"{len(row)} columns where the block has {len(heads)}")
    items = found.setdefault((suite, embedder), Items())
    items.answers.update((row[0], row[2]) for row in rows if row[2])
    items.scores += [_column(rows, first + 2, place, heads) for place in range(len(_FIXED), len(heads))]


def _cells(line: str, number: int) -> list[str]:
    try:
        return [unescaped(cell) for cell in line.split("\t")]
    except ValueError as error:
        raise BlockError(number, str(error)) from error


def _column(rows: Sequence[Sequence[str]], first: int, place: int, heads: Sequence[str]) -> ItemScores:
    kept = [row for row in rows if row[place]]
    try:
        values = np.array([float(row[place]) for row in kept], dtype=np.float64)
    except ValueError as error:
        raise BlockError(first, f"the column {heads[place]}: {error}") from error
    return ItemScores(heads[place], [row[0] for row in kept], [row[1] for row in kept], values)
