"""Kinds built straight from rows, and vectors given per text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.errors import Faults
from harness.model import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.model import Task, Vectors


@pytest.fixture
def build() -> Callable[..., Any]:
    """Builds a task from rows per table; the first row of a table stands in line 2 of its file."""

    def build(kind: type[Task], tables: Mapping[str, Sequence[Mapping[str, Any]]], **parameters: Any) -> Any:
        faults = Faults()
        read = {name: _table(name, rows) for name, rows in tables.items()}
        task = kind.read(read, {**kind.parameters, **parameters}, 10, faults)
        faults.raise_if_any("test")
        return task

    return build


@pytest.fixture
def judge() -> Callable[..., dict[type[Any], Any]]:
    """Judges a task with a vector per text, or per text and role; gives the judgements by type."""

    def judge(task: Task, vectors: Mapping[Any, Sequence[float]]) -> dict[type[Any], Any]:
        embedded: dict[str, Vectors] = {}
        for name, asked in task.texts().items():
            rows = [vectors.get((text, asked.role), vectors.get(text)) for text in asked.texts]
            embedded[name] = np.array(rows, dtype=np.float32)
        return {type(judgements): judgements for judgements in task.judge(embedded)}

    return judge


def _table(name: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    columns = dict.fromkeys(key for row in rows for key in row)
    return Table(name, f"{name}.tsv", {key: [row[key] for row in rows] for key in columns}, range(2, 2 + len(rows)))
