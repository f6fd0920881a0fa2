"""Pictures in the place of texts: where they may lie, what they may be, and what a suite makes of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue import Place, load_suite
from harness.catalogue.pictures import LARGEST, BadPictureError, picture
from harness.errors import SuiteError
from harness.model import Image, Texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model import Suite

PNG = b"\x89PNG\r\n\x1a\n rest"
JPEG = b"\xff\xd8\xff rest"
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 "
QUERY = {"_id": "q", "text": "a red dot"}


def suite(folder: Path, *corpus: Mapping[str, Any], queries: Mapping[str, Any] = QUERY) -> Suite:
    """A retrieval suite of one query whose answer is the first document."""
    folder.mkdir(exist_ok=True)
    tables = "{queries: q.jsonl, corpus: c.jsonl, qrels: r.tsv}"
    (folder / "suite.yaml").write_text(
        f"title: t\ntask: retrieval\ntables: {tables}\nmetrics: [hit@1]\n", encoding="utf-8"
    )
    (folder / "q.jsonl").write_text(json.dumps(queries) + "\n", encoding="utf-8")
    (folder / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in corpus), encoding="utf-8")
    (folder / "r.tsv").write_text(f"query-id\tcorpus-id\nq\t{corpus[0]['_id']}\n", encoding="utf-8")
    return load_suite(Place("s", folder))


def documents(read: Suite) -> Texts:
    """The documents of a suite."""
    return read.task.texts()["documents"]


@pytest.mark.parametrize(("name", "content"), [("a.png", PNG), ("a.JPG", JPEG), ("a.jpeg", JPEG), ("in/a.webp", WEBP)])
def test_a_picture_is_known_by_its_bytes(tmp_path: Path, name: str, content: bytes) -> None:
    """The same bytes elsewhere are the same picture, other bytes another one; it tells where it lies."""
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    found = picture(tmp_path, name)
    assert isinstance(found, Image)
    assert found == Image(Path("elsewhere"), content)
    assert found != Image(file, content + b"more")
    assert found.path == file
    assert found.startswith("image:")


@pytest.mark.parametrize("cell", [None, ""])
def test_an_empty_cell_is_no_picture(tmp_path: Path, cell: str | None) -> None:
    """A row without a picture has a text."""
    assert picture(tmp_path, cell) is None


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (7, "not a path"),
        (["a.png"], "not a path"),
        ("/etc/a.png", "path leads out"),
        ("../a.png", "path leads out"),
        ("in/../../a.png", "path leads out"),
        ("in\\a.png", "path leads out"),
        ("link.png", "path leads out"),
        ("absent.png", "cannot be read"),
        ("folder.png", "no file"),
        ("pipe.png", "no file"),
        ("loop.png", "cannot be read"),
        ("zero\0.png", "cannot be read"),
        ("text.png", "no picture"),
        ("jpeg.png", "no picture"),
        ("good.svg", "no picture"),
        (".", "no picture"),
        ("huge.png", "too large"),
        ("x" * 300 + ".png", "cannot be read"),
    ],
)
def test_what_is_refused(tmp_path: Path, cell: Any, message: str) -> None:
    """What lies outside the folder, is no regular file, or does not begin as a picture does."""
    (tmp_path / "a.png").write_bytes(PNG)
    folder = tmp_path / "suite"
    (folder / "folder.png").mkdir(parents=True)
    (folder / "in").mkdir()
    (folder / "link.png").symlink_to(tmp_path / "a.png")
    (folder / "loop.png").symlink_to(folder / "loop.png")
    os.mkfifo(folder / "pipe.png")
    (folder / "text.png").write_text("no", encoding="utf-8")
    (folder / "jpeg.png").write_bytes(JPEG)
    (folder / "good.svg").write_bytes(PNG)
    with (folder / "huge.png").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(BadPictureError, match=message):
        picture(folder, cell)


def test_a_suite_of_pictures(tmp_path: Path) -> None:
    """Documents may be pictures, texts, or some of both; a table of pictures needs no column of texts."""
    tmp_path.joinpath("a.png").write_bytes(PNG)
    assert list(documents(suite(tmp_path, {"_id": "d", "image": "a.png"})).texts) == [Image(Path(), PNG)]
    both = suite(tmp_path, {"_id": "d2", "image": "a.png"}, {"_id": "d1", "text": "a text"})
    assert list(documents(both).texts) == [Image(Path(), PNG), "a text"]
    assert documents(both).pictured()
    assert not both.task.texts()["queries"].pictured()


def test_a_query_may_be_a_picture(tmp_path: Path) -> None:
    """Which text describes it?"""
    tmp_path.joinpath("a.png").write_bytes(PNG)
    read = suite(tmp_path, {"_id": "d", "text": "a red dot"}, queries={"_id": "q", "image": "a.png"})
    assert list(read.task.texts()["queries"].texts) == [Image(Path(), PNG)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"image": "a.png", "text": "a text"}, "text and picture"),
        ({"image": "a.png", "title": "a title"}, "text and picture"),
        ({"image": "", "text": ""}, "empty text"),
        ({"image": None}, "empty text"),
        ({"image": "b.png"}, "cannot be read"),
        ({"picture": "a.png"}, "missing column"),
    ],
)
def test_faults_of_a_row(tmp_path: Path, row: Mapping[str, Any], message: str) -> None:
    """A document is one picture or one text; the fault is reported once, with its line."""
    tmp_path.joinpath("a.png").write_bytes(PNG)
    with pytest.raises(SuiteError, match=message) as caught:
        suite(tmp_path, {"_id": "d", **row})
    assert caught.value.total == 1


@pytest.mark.parametrize("row", [{"image": None}, {"image": "", "text": " "}])
def test_a_query_without_anything_is_a_fault(tmp_path: Path, row: Mapping[str, Any]) -> None:
    """Blank is neither a text nor a picture."""
    with pytest.raises(SuiteError, match="empty text"):
        suite(tmp_path, {"_id": "d", "text": "a text"}, queries={"_id": "q", **row})


def test_the_fingerprint_digests_the_bytes(tmp_path: Path) -> None:
    """Another path is the same suite, a picture that was painted over is another."""
    for name in ("a.png", "b.png"):
        tmp_path.joinpath(name).write_bytes(PNG)
    one, moved = (suite(tmp_path, {"_id": "d", "image": name}).fingerprint for name in ("a.png", "b.png"))
    tmp_path.joinpath("a.png").write_bytes(PNG + b"!")
    assert one == moved
    assert suite(tmp_path, {"_id": "d", "image": "a.png"}).fingerprint != one


def test_a_shared_table_finds_its_pictures(tmp_path: Path) -> None:
    """Paths are relative to the folder of the table, not of the suite that uses it."""
    tmp_path.joinpath("a.png").write_bytes(PNG)
    folder = tmp_path / "zh"
    suite(folder, {"_id": "d", "text": "a text"})
    (tmp_path / "c.jsonl").write_text(json.dumps({"_id": "d", "image": "a.png"}) + "\n", encoding="utf-8")
    declared = (folder / "suite.yaml").read_text(encoding="utf-8").replace("c.jsonl", "../c.jsonl")
    (folder / "suite.yaml").write_text(declared, encoding="utf-8")
    (found,) = documents(load_suite(Place("s", folder))).texts
    assert isinstance(found, Image)
    assert found.path == folder / ".." / "a.png"


def test_an_instruction_is_for_texts_only() -> None:
    """A picture stays one."""
    image = Image(Path("a.png"), PNG)
    prompted = Texts([image, "b"], "query", "find: ").prompted()
    assert list(prompted) == [image, "find: b"]
    assert isinstance(prompted[0], Image)
