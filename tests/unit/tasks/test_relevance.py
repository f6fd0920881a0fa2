"""What queries, documents and judgements are refused for as a suite is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.catalogue import Place, load_suite
from harness.errors import SuiteError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("table", "line"), [("corpus.jsonl", 6), ("queries.jsonl", 4)])
def test_an_id_given_twice_is_a_fault(toy_suite: Path, table: str, line: int) -> None:
    """Of a document and of a query: with its line, beside the suite's other faults."""
    file = toy_suite / table
    file.write_text(file.read_text("utf-8") + file.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    qrels = toy_suite / "qrels.tsv"
    qrels.write_text(qrels.read_text("utf-8") + "q1\tabsent\t1\n", "utf-8")
    with pytest.raises(SuiteError) as caught:
        load_suite(Place("toy", toy_suite))
    assert {(fault.file, fault.line) for fault in caught.value.faults} == {(table, line), ("qrels.tsv", 5)}
