"""What the tests against other libraries share: data that goes through the catalogue and the one loop."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from harness.catalogue import Place, load_suite
from harness.evaluate import evaluate
from tests.mteb_tasks import at_home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.evaluate import Outcome
    from harness.model import Embedder

Rows: TypeAlias = "Sequence[Mapping[str, Any]]"


@pytest.fixture(scope="session")
def mteb_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where mteb and what is read from it are kept: its list of tasks takes seconds to make, so all tests share it."""
    folder = tmp_path_factory.mktemp("mteb")
    with pytest.MonkeyPatch.context() as patch:
        at_home(folder, patch)
        yield folder


@pytest.fixture
def evaluated(tmp_path: Path) -> Callable[[str, Sequence[str], Mapping[str, Rows], Embedder], Outcome]:
    """`evaluated(kind, metrics, tables, embedder)`: a suite written to disk, read by the catalogue and judged."""

    def through_a_suite(kind: str, metrics: Sequence[str], tables: Mapping[str, Rows], embedder: Embedder) -> Outcome:
        folder = tmp_path / kind
        folder.mkdir()
        files = {name: f"{name}.jsonl" for name in tables}
        declaration = {"title": kind, "task": kind, "tables": files, "metrics": list(metrics)}
        (folder / "suite.yaml").write_text(json.dumps(declaration), encoding="utf-8")
        for name, rows in tables.items():
            lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
            (folder / files[name]).write_text("".join(lines), encoding="utf-8")
        outcome = evaluate(load_suite(Place(kind, folder)), embedder)
        assert outcome.status == "ok", outcome.reason
        return outcome

    return through_a_suite
