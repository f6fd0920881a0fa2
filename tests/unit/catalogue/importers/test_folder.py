"""A folder of Markdown and text files becomes a corpus to be labelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue import Place, load_suite
from harness.errors import SuiteError

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = """Before.

# 差旅 ##
How to travel.

## Hotels
Up to 🙂 100.
```sh
# no heading
```

## Empty

# Trains
Second class.
"""


@pytest.fixture
def folder(write: Any) -> Path:
    """Two files with text, one without, one that is something else, one that is hidden."""
    write("docs/deep/b.txt", "# not Markdown\nplain\n")
    write("docs/empty.md", "\n \n")
    write("docs/picture.png", b"\x89PNG")
    write("docs/.git/x.md", "hidden")
    file: Path = write("docs/a.md", GUIDE)
    return file.parent


def test_a_document_per_file(folder: Path, bring: Any) -> None:
    """Called by its path, with its first heading as the title."""
    done = bring("folder", folder)
    assert [(row["_id"], row["title"]) for row in done.rows("corpus")] == [
        ("a.md", "差旅"),
        ("deep/b.txt", "not Markdown"),
    ]
    assert done.rows("corpus")[0]["text"] == GUIDE.strip()
    assert done.imported.notes == (
        "1 files left out: there is no text in them",
        "1 files left out, neither Markdown nor text: .png 1",
    )


def test_a_document_per_section(folder: Path, bring: Any) -> None:
    """A title holds the headings above; a fence of code holds none; a section without text is no document."""
    rows = bring("folder", folder, split_by="heading").rows("corpus")
    assert [(row["_id"], row["title"]) for row in rows] == [
        ("a.md#1", "a"),
        ("a.md#2", "差旅"),
        ("a.md#3", "差旅 > Hotels"),
        ("a.md#4", "Trains"),
        ("deep/b.txt", "not Markdown"),
    ]
    assert rows[2]["text"] == "Up to 🙂 100.\n```sh\n# no heading\n```"


@pytest.mark.parametrize(
    ("matter", "title"),
    [
        ('---\ntitle: "差旅: 制度"\ntags:\n  - x\n---\n', "差旅: 制度"),
        ("---\nauthor: me\n...\n", ""),
        ("+++\ntitle = 'Rules'\n+++\n", "Rules"),
    ],
)
def test_front_matter_is_no_text(write: Any, bring: Any, tmp_path: Path, matter: str, title: str) -> None:
    """Its title is the file's, and that of the text before the first heading; without one the file's name is."""
    file = write("docs/rules.md", f"{matter}Before.\n# First\ntext\n")
    [whole] = bring("folder", file).rows("corpus")
    assert (whole["title"], whole["text"]) == (title or "First", "Before.\n# First\ntext")
    (tmp_path / "mine").rename(tmp_path / "first")
    parts = bring("folder", file, split_by="heading").rows("corpus")
    assert [(part["title"], part["text"]) for part in parts] == [(title or "rules", "Before."), ("First", "text")]


@pytest.mark.parametrize("text", ["---\nA rule above.\n\n---\nMore", "---\nkey: and no end", "---" + "\nk: v" * 300])
def test_rules_are_no_front_matter(write: Any, bring: Any, text: str) -> None:
    """Text between two of them, a first line without a last one, and one that comes too late."""
    assert bring("folder", write("a.md", text)).rows("corpus")[0]["text"] == text


def test_files_left_out_are_counted_by_suffix(write: Any, bring: Any) -> None:
    """Hidden ones are not, nor what lies in hidden folders."""
    for name in ("a.md", "b.docx", "c/d.DOCX", "Makefile", "e.pdf", ".f", ".g/h.pdf"):
        file = write(f"in/{name}", "text")
    done = bring("folder", file.parent.parent)
    assert done.imported.notes == ("4 files left out, neither Markdown nor text: .docx 2, without a suffix 1, .pdf 1",)


def test_text_in_another_encoding(write: Any, bring: Any) -> None:
    """--encoding says which."""
    [row] = bring("folder", write("a.txt", "差旅".encode("gbk")), encoding="gb18030").rows("corpus")
    assert row["text"] == "差旅"


def test_it_loads_once_it_is_labelled(folder: Path, bring: Any) -> None:
    """The README says how; before that, what is missing is told."""
    done = bring("folder", folder)
    assert not done.imported.labelled
    assert "queries.jsonl" in (done.folder / "README.md").read_text("utf-8")
    with pytest.raises(SuiteError, match=r"queries\.jsonl: no rows"):
        load_suite(Place("x", done.folder))
    with (done.folder / "queries.jsonl").open("a") as file:
        file.write('{"_id": "q1", "text": "How?"}\n')
    with (done.folder / "qrels.tsv").open("a") as file:
        file.write("q1\ta.md\t1\n")
    assert load_suite(Place("x", done.folder)).kind == "retrieval"


def test_a_single_file(folder: Path, bring: Any) -> None:
    """Is a corpus of its sections."""
    assert bring("folder", folder / "a.md", split_by="heading").imported.rows["corpus"] == 4


def test_faults(folder: Path, write: Any, refused: Any) -> None:
    """A file that is no text, a folder without text, a folder without files, a split that is none."""
    write("docs/c.md", b"ok\n\xff\n")
    assert refused("folder", folder)[1].startswith("docs/c.md:2: not UTF-8")
    assert "--split-by page: one of file, heading" in refused("folder", folder, split_by="page")[0]
    assert refused("folder", write("other/a.md", " ").parent)[1].endswith(
        "no documents: none of the files holds any text"
    )
    assert "holds no file with the suffix .md" in refused("folder", write("third/a.png", "").parent)[0]


def test_files_that_are_no_text_are_left_out(write: Any, bring: Any) -> None:
    """With --skip-faulty, as a whole, and counted; a document that is too long is too."""
    write("in/a.md", b"# A\ntext\n# B\n\xff\n")
    write("in/b.md", "# A\n" + ("x" * 99_999 + "\n") * 50)
    folder = write("in/c.md", "# C\ntext").parent
    done = bring("folder", folder, split_by="heading", skip_faulty=True)
    assert [row["_id"] for row in done.rows("corpus")] == ["c.md#1"]
    assert [note.partition(",")[0] for note in done.imported.notes[-2:]] == [
        "1 left out: not UTF-8",
        "1 left out: document too long",
    ]


def test_a_document_that_is_too_long(write: Any, refused: Any) -> None:
    """No embedder reads it whole, and no line of a table holds it."""
    lines = refused("folder", write("a.md", "# A\n" + ("x" * 99_999 + "\n") * 50))
    assert lines[1].startswith("a.md:1: document too long: more than 4 MiB")
