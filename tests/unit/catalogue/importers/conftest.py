"""Imports, and what they wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from harness.catalogue.importers.request import Request
from harness.errors import HarnessError
from harness.workflows.imports import Imported, import_suite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Result(NamedTuple):
    """A suite that was written: what was said of it, and its folder."""

    imported: Imported
    folder: Path

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table."""
        jsonl = self.folder / f"{table}.jsonl"
        if jsonl.exists():
            return [json.loads(line) for line in jsonl.read_text("utf-8").split("\n") if line]
        header, *lines = (self.folder / f"{table}.tsv").read_text("utf-8").splitlines()
        return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Writes a file of the source, folders on the way to it too."""

    def write(name: str, content: str | bytes) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    return write


@pytest.fixture
def bring(tmp_path: Path) -> Callable[..., Result]:
    """Imports a source into a new folder called mine; parameters are those of the suite."""

    def bring(layout: str, source: object, parameters: dict[str, Any] | None = None, **options: Any) -> Result:
        folder = tmp_path / "mine"
        asked = Request(layout, str(source), options, parameters=parameters or {})
        return Result(import_suite(asked, folder, lambda _: None), folder)

    return bring


@pytest.fixture
def refused(bring: Callable[..., Result], tmp_path: Path) -> Callable[..., list[str]]:
    """An import that must fail: the lines of its error, with the folder of the test left out."""

    def refused(layout: str, source: object, **options: Any) -> list[str]:
        before = {path.name for path in tmp_path.iterdir()}
        with pytest.raises(HarnessError) as caught:
            bring(layout, source, **options)
        assert {path.name for path in tmp_path.iterdir()} == before, "something is left behind"
        return [line.strip().replace(f"{tmp_path}/", "") for line in str(caught.value).splitlines()]

    return refused
