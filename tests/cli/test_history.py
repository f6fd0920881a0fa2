"""harness history: the course of a score over runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def ran(harness: Callable[..., Any], toy_suite: Path, store: Path) -> Callable[..., Any]:
    """An embedder twice on the same data, once on other data; then `harness history` on that store."""
    arguments = ("run", "-s", toy_suite, "-e", "bm25:", "--store", store)
    assert harness(*arguments).code == 0
    assert harness(*arguments).code == 0
    with (toy_suite / "corpus.jsonl").open("a", encoding="utf-8") as corpus:
        corpus.write('{"_id": "d9", "text": "another one"}\n')
    assert harness(*arguments).code == 0
    return lambda *more: harness("history", "--store", store, *more)


def test_the_course_is_told(ran: Callable[..., Any], tmp_path: Path) -> None:
    """In the terminal, as plain values, and as a picture."""
    code, out, err = ran("--svg", tmp_path / "course.svg")
    assert (code, err) == (0, f"drawn: {tmp_path / 'course.svg'}\n")
    assert out.startswith("toy · bm25: · ")
    assert "D 20" in out
    assert "other data: no comparison with before" in out
    assert ET.parse(tmp_path / "course.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 # ours
    (course,) = json.loads(ran("--format", "json").stdout)["courses"]
    assert [(point["runs"], point["marks"]) for point in course["points"]] == [(2, []), (1, ["data"])]


def test_what_cannot_be_done(ran: Callable[..., Any], harness: Callable[..., Any], tmp_path: Path) -> None:
    """A metric, an embedder, a folder or a store that is not there."""
    (tmp_path / "file").touch()
    for arguments, code, said in (
        (("--metric", "ndgc@10"), 3, "no run has the metric 'ndgc@10'"),
        (("-e", "nobody"), 3, "holds nothing for nobody"),
        (("--svg", tmp_path / "file" / "x.svg"), 3, "cannot be written"),
    ):
        found = ran(*arguments)
        assert (found.code, said in found.stderr) == (code, True), found.stderr
    assert harness("history", "--store", tmp_path / "no.duckdb").code == 4
