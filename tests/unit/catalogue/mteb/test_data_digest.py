"""The digest of a task's data tells any change of a value, and nothing but that."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue.mteb.data_digest import ROWS, digest_of

if TYPE_CHECKING:
    from pathlib import Path

NEEDS_DATASETS = pytest.mark.skipif(find_spec("datasets") is None, reason="needs datasets, which mteb brings")
PLAIN: list[Any] = [
    {"q1": {"d1": 1, "d2": 0}},
    {"q1": {"d1": 1, "d2": 1}},
    {"q1": {"d1": 1}, "d2": 0},
    {"q1": ["d1", "d2"]},
    {"q1": ["d2", "d1"]},
    {"q1": "d1d2"},
    {"q1": None},
    {"test": {"a": [b"1"]}},
    {"test": {"a": [b"2"]}},
    {},
    [],
    "",
    "采购",
    1,
    1.5,
    True,
]


def test_every_change_tells() -> None:
    """Values, their order in lists, keys and depth."""
    assert len({digest_of(value) for value in PLAIN}) == len(PLAIN)


def test_the_order_of_keys_does_not() -> None:
    """mteb makes mappings in an order of its own each time."""
    one, other = {"q1": {"d1": 1, "d2": 2}, "q2": {}}, {"q2": {}, "q1": {"d2": 2, "d1": 1}}
    assert digest_of(one) == digest_of(other)
    assert digest_of({"a": {"x", "y"}}) == digest_of({"a": {"y", "x"}})


def test_stored_files(tmp_path: Path) -> None:
    """A picture counts by its bytes, wherever it lies."""
    for name, content in (("a.png", b"1"), ("b.png", b"1"), ("c.png", b"2")):
        (tmp_path / name).write_bytes(content)
    stored = [[{"bytes": None, "path": str(tmp_path / name)}] for name in ("a.png", "b.png", "c.png")]
    first, same, other = map(digest_of, stored)
    assert first == same == digest_of([{"bytes": b"1", "path": "elsewhere.png"}])
    assert first != other


@NEEDS_DATASETS
@pytest.mark.filterwarnings("ignore")
def test_tables() -> None:
    """Rows as they are selected count, not what lies below; the order of rows does, that of columns does not."""
    from datasets import Dataset, DatasetDict

    table = Dataset.from_dict({"text": ["a", "采购", "c"], "label": [0, 1, 2]})
    same = Dataset.from_dict({"label": [0, 1, 2], "text": ["a", "采购", "c"]})
    digests = {
        digest_of(one)
        for one in (
            table,
            table.select([0, 1]),
            table.select([2, 1, 0]),
            table.rename_column("label", "class"),
            table.map(lambda row: {"text": row["text"] + "!"}),
            {"test": table},
        )
    }
    assert len(digests) == 6
    assert digest_of(table) == digest_of(same) == digest_of(same.select([1, 0, 2]).select([1, 0, 2]))
    assert digest_of(DatasetDict(test=table)) == digest_of({"test": table})


@NEEDS_DATASETS
@pytest.mark.filterwarnings("ignore")
def test_rows_of_several_blocks() -> None:
    """A change in the last block of a long table tells."""
    from datasets import Dataset

    rows = list(range(2 * ROWS + 5))
    long, same, other = (Dataset.from_dict({"x": [*rows, last]}) for last in (1, 1, 2))
    assert digest_of(long) == digest_of(same)
    assert digest_of(long) != digest_of(other)


@NEEDS_DATASETS
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(find_spec("PIL") is None, reason="needs pillow")
def test_pictures_of_a_table() -> None:
    """They are not opened: their stored bytes count."""
    from datasets import Dataset, Features, Image

    def table(content: bytes) -> Any:
        return Dataset.from_dict({"image": [{"bytes": content, "path": None}]}, features=Features({"image": Image()}))

    assert digest_of(table(b"no picture")) == digest_of(table(b"no picture"))
    assert digest_of(table(b"no picture")) != digest_of(table(b"another one"))
