"""What the kinds made of labelled texts (classification, clustering) have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.model import Column
from harness.statistics.seeding import generator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.errors import Faults
    from harness.model import Index

LABELLED: Mapping[str, Column] = {
    "id": Column("id", required=False, unique=True),
    "text": Column("text"),
    "label": Column("label"),
    "group": Column("label", required=False),
}
"""The columns of a table of labelled texts."""


def coded(labels: Sequence[str]) -> tuple[Sequence[str], Index]:
    """The distinct labels in order, and the place there of each of `labels`."""
    distinct = sorted(set(labels))
    place = {label: code for code, label in enumerate(distinct)}
    return distinct, np.array([place[label] for label in labels], dtype=np.intp)


def data_seeds(purpose: str, count: int, *columns: Sequence[str]) -> Sequence[int]:
    """Seeds below 2³² that depend on the data alone: the same whatever was computed before."""
    cells = (cell for column in columns for cell in column)
    seeds: list[int] = generator(purpose, *cells).integers(2**32, size=count).tolist()
    return seeds


def check_at_least(parameters: Mapping[str, int], least: Mapping[str, int], faults: Faults) -> None:
    """Fault: a parameter below its least value."""
    for name, smallest in least.items():
        if parameters[name] < smallest:
            message = f"too small: {parameters[name]}; at least {smallest} is needed"
            faults.add("suite.yaml", 0, f"parameters.{name}", message)
