"""Writing the hashes of labelled documents into qrels, and nothing else."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from harness.catalogue import Place, builtin_places
from harness.catalogue.stamp import refuse_builtin, stamp
from harness.catalogue.suites import open_suite
from harness.errors import UsageError
from harness.tasks.staleness import content_hash

if TYPE_CHECKING:
    from pathlib import Path

    from harness.diagnostics.notes import Note

ONE, TWO = content_hash("支付货款"), content_hash("a runny nose")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A suite of two queries and documents; its qrels are still to be written."""
    for name, texts in (("q", ("付款", "cold")), ("c", ("支付货款", "a runny nose"))):
        lines = [json.dumps({"_id": f"{name}{n}", "text": text}) for n, text in enumerate(texts, 1)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    return tmp_path


def stamped(folder: Path, qrels: str, columns: str = "") -> Note:
    """Stamp the qrels of that name."""
    table = f"{{file: {qrels}, columns: {{{columns}}}}}" if columns else qrels
    (folder / "suite.yaml").write_text(
        f"title: t\ntask: retrieval\ntables: {{queries: q.jsonl, corpus: c.jsonl, qrels: {table}}}\nmetrics: [mrr@10]\n"
    )
    (note,) = stamp(open_suite(Place("mine", folder)))
    return note


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (
            "r.tsv",
            "query-id\tcorpus-id\tnote\nq1\tc1\t看过\n\nq2\tc2\t\n",
            f"query-id\tcorpus-id\tnote\thash\nq1\tc1\t看过\t{ONE}\n\nq2\tc2\t\t{TWO}\n",
        ),
        ("r.tsv", "hash\tquery-id\tcorpus-id\r\nold\tq1\tc1\r\n", f"hash\tquery-id\tcorpus-id\r\n{ONE}\tq1\tc1\r\n"),
        (
            "r.csv",
            'query-id,note,corpus-id\nq1,"two\nlines, 两行",c1\nq2,,c2\n',
            f'query-id,note,corpus-id,hash\nq1,"two\nlines, 两行",c1,{ONE}\nq2,,c2,{TWO}\n',
        ),
        (
            "r.jsonl",
            '{"query-id": "q1", "corpus-id": "c1", "k": "看"}\n\n{"query-id": "q2", "corpus-id": "c2", "hash": null}\n',
            "\n".join(
                (
                    f'{{"query-id": "q1", "corpus-id": "c1", "k": "看", "hash": "{ONE}"}}',
                    "",
                    f'{{"query-id": "q2", "corpus-id": "c2", "hash": "{TWO}"}}',
                    "",
                )
            ),
        ),
        (
            "r.jsonl",
            (
                '{"query-id":"q1","corpus-id":"c1","w":1E2,"f":0.1000,"n":"\\ud83d"}\r\n'
                '{ "h\\u0061sh" :"","query-id":"q2", "corpus-id":"c2","x":{"hash":"}"} }'
            ),
            (
                f'{{"query-id":"q1","corpus-id":"c1","w":1E2,"f":0.1000,"n":"\\ud83d", "hash": "{ONE}"}}\r\n'
                f'{{ "h\\u0061sh" :"{TWO}","query-id":"q2", "corpus-id":"c2","x":{{"hash":"}}"}} }}'
            ),
        ),
        (
            "r.csv",
            "query-id,corpus-id,,\nq1,c1,,\n,,,\nq2,c2,,kept\n",
            f"query-id,corpus-id,hash,,\nq1,c1,{ONE},,\n,,,\nq2,c2,{TWO},,kept\n",
        ),
        (
            "r.tsv",
            "query-id\tcorpus-id\t\r\nq1\tc1\t\nq2\tc2\t",
            f"query-id\tcorpus-id\thash\t\r\nq1\tc1\t{ONE}\t\nq2\tc2\t{TWO}\t",
        ),
        (
            "r.csv",
            'query-id,note,corpus-id\nq1,"a\rb",c1\r\nq2,"x\r\ny",c2\nq1,,c2',
            f'query-id,note,corpus-id,hash\nq1,"a\rb",c1,{ONE}\r\nq2,"x\r\ny",c2,{TWO}\nq1,,c2,{TWO}',
        ),
    ],
    ids=[
        "new column",
        "column there, Windows",
        "csv",
        "jsonl",
        "jsonl as it is written",
        "csv, nameless columns",
        "tsv, nameless column, no last newline",
        "csv, carriage returns",
    ],
)
def test_only_the_hashes_change(folder: Path, name: str, before: str, after: str) -> None:
    """Order, blank lines, other columns and line ends stay as they are, in every format; also packed."""
    (folder / name).write_text(before, "utf-8", newline="")
    stamped(folder, name)
    assert (folder / name).read_bytes().decode() == after
    (folder / f"{name}.gz").write_bytes(gzip.compress(before.encode()))
    stamped(folder, f"{name}.gz")
    assert gzip.decompress((folder / f"{name}.gz").read_bytes()).decode() == after


def test_what_was_confirmed_is_told(folder: Path) -> None:
    """New hashes and those that had changed are counted, the changed ones named; a second time nothing is written."""
    (folder / "r.tsv").write_text("query-id\tcorpus-id\thash\nq1\tc1\t0123456789abcdef\nq2\tc2\t\n")
    note = stamped(folder, "r.tsv")
    assert (note.value, note.examples) == (2.0, ("r.tsv:2: q1 → c1",))
    assert note.text == "hashes of 2 labels: 1 new, 1 confirmed on a changed text, others as before"
    written = (folder / "r.tsv").stat().st_mtime_ns
    assert stamped(folder, "r.tsv").value == 0.0
    assert (folder / "r.tsv").stat().st_mtime_ns == written


def test_a_column_under_another_name(folder: Path) -> None:
    """The file's own name for the column is kept, and a byte-order mark too."""
    (folder / "r.tsv").write_text("\ufeffquery-id\tcorpus-id\tdigest\nq1\tc1\t\n", "utf-8")
    stamped(folder, "r.tsv", "hash: digest")
    assert (folder / "r.tsv").read_bytes().decode() == f"\ufeffquery-id\tcorpus-id\tdigest\nq1\tc1\t{ONE}\n"


def test_a_link_stays_a_link_and_rights_stay(folder: Path) -> None:
    """What it points to is written, with the mode that it had; nothing else is left in the folder."""
    (folder / "real.tsv").write_text("query-id\tcorpus-id\nq1\tc1\n")
    (folder / "real.tsv").chmod(0o640)
    (folder / "r.tsv").symlink_to("real.tsv")
    stamped(folder, "r.tsv")
    assert (folder / "r.tsv").is_symlink()
    assert (folder / "real.tsv").stat().st_mode & 0o777 == 0o640
    assert {file.name for file in folder.iterdir()} == {"real.tsv", "r.tsv", "q.jsonl", "c.jsonl", "suite.yaml"}


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("r.tsv", "query-id\tcorpus-id\nq1\tc1\n", f"query-id\tcorpus-id\thash\nq1\tc1\t{ONE}\n"),
        (
            "r.jsonl.gz",
            '{"query-id": "q1", "corpus-id": "c1"}\n',
            f'{{"query-id": "q1", "corpus-id": "c1", "hash": "{ONE}"}}\n',
        ),
    ],
)
def test_a_link_tells_the_format(folder: Path, name: str, before: str, after: str) -> None:
    """What it points to may have any name, as the files of a large-file store do."""
    packed = name.endswith(".gz")
    (folder / "4f3ab2").write_bytes(gzip.compress(before.encode()) if packed else before.encode())
    (folder / name).symlink_to("4f3ab2")
    stamped(folder, name)
    raw = (folder / "4f3ab2").read_bytes()
    assert (gzip.decompress(raw) if packed else raw).decode() == after


def test_a_file_of_another_suite_is_refused(folder: Path) -> None:
    """A table above the suite's folder, by its path or by a link, is stamped where it lies."""
    text = "query-id\tcorpus-id\nq1\tc1\n"
    own = folder / "own"
    own.mkdir()
    for name in ("q.jsonl", "c.jsonl"):
        (folder / name).rename(own / name)
    (folder / "shared.tsv").write_text(text)
    (own / "r.tsv").symlink_to("../shared.tsv")
    for name in ("../shared.tsv", "r.tsv"):
        with pytest.raises(UsageError, match=r"shared\.tsv, outside the suite's folder.*: stamp it where it lies"):
            stamped(own, name)
    assert (folder / "shared.tsv").read_text() == text


def test_a_built_in_file_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a suite that is not built in has it as its own."""
    (folder / "suites").mkdir()
    (folder / "suites" / "r.tsv").write_text("query-id\tcorpus-id\nq1\tc1\n")
    monkeypatch.setattr("harness.catalogue.stamp.builtin_root", lambda: folder / "suites")
    with pytest.raises(UsageError, match=r"r\.tsv, which is built in, and nothing is written there"):
        stamped(folder, "suites/r.tsv")
    assert (folder / "suites" / "r.tsv").read_text() == "query-id\tcorpus-id\nq1\tc1\n"


def test_a_column_of_another_meaning_is_not_overwritten(folder: Path) -> None:
    """A file whose column `hash` holds the query ids keeps them."""
    (folder / "r.tsv").write_text("hash\tcorpus-id\nq1\tc1\n")
    with pytest.raises(UsageError, match=r"column 'hash' of r\.tsv is read as query-id: add an empty column"):
        stamped(folder, "r.tsv", "query-id: hash")
    assert (folder / "r.tsv").read_text() == "hash\tcorpus-id\nq1\tc1\n"


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ("query-id\tcorpus-id\thash\nq1\tc2\t{}\n", "more than its hashes would change"),
        ("query-id\tcorpus-id\thash\nq1\tc1\t\n", "more than its hashes would change"),
        ("query-id\tcorpus-id\thash\nq1\tc1\n", r"could not be read: r\.tsv:2: wrong number of cells"),
    ],
    ids=["another cell", "no hash", "not a table"],
)
def test_what_would_be_written_is_read_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch, made: str, message: str
) -> None:
    """Were the new text to say anything else than the old one with its hashes, the old file stays, and nothing more."""
    before = "query-id\tcorpus-id\nq1\tc1\n"
    (folder / "r.tsv").write_text(before)
    monkeypatch.setattr("harness.catalogue.stamp._cells", lambda *_: made.format(ONE))
    with pytest.raises(UsageError, match=message):
        stamped(folder, "r.tsv")
    assert (folder / "r.tsv").read_text() == before
    assert len(list(folder.iterdir())) == 4


def test_a_file_that_changed_since_it_was_checked_stays(folder: Path) -> None:
    """Hashes go by lines, so that other lines get none; what is no table any more is told too."""
    (folder / "r.csv").write_text("query-id,corpus-id\nq1,c1\n")
    stamped(folder, "r.csv")
    for first, later, message in (
        ("query-id,corpus-id\nq1,c1\n", "query-id,corpus-id\n\nq1,c1\n", "it changed while it was checked"),
        ("query-id,corpus-id\nq1,c1\n", 'query-id,corpus-id\nq1,"c1\n', "unexpected end of data"),
        ("query-id,corpus-id\nq1,c1\n", "query-id,corpus-id\nq1,\udcff\n", "codec can't decode"),
    ):
        (folder / "r.csv").write_text(first)
        opened = open_suite(Place("mine", folder))
        (folder / "r.csv").write_text(later, "utf-8", errors="surrogateescape")
        with pytest.raises(UsageError, match=rf"r\.csv cannot be stamped.*{message}"):
            list(stamp(opened))
        assert (folder / "r.csv").read_text("utf-8", errors="surrogateescape") == later


def test_stamping_is_no_new_suite(folder: Path) -> None:
    """The fingerprint stays, so that results stay comparable."""
    (folder / "r.tsv").write_text("query-id\tcorpus-id\nq1\tc1\n")
    stamped(folder, "r.tsv")
    after = open_suite(Place("mine", folder)).suite.fingerprint
    (folder / "r.tsv").write_text("query-id\tcorpus-id\nq1\tc1\n")
    assert open_suite(Place("mine", folder)).suite.fingerprint == after


def test_a_file_that_cannot_be_written_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk is full the old file is there, and no half of a new one."""
    (folder / "r.tsv").write_text("query-id\tcorpus-id\nq1\tc1\n")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UsageError, match=r"r\.tsv cannot be stamped: No space left"):
        stamped(folder, "r.tsv")
    assert (folder / "r.tsv").read_text() == "query-id\tcorpus-id\nq1\tc1\n"
    assert len(list(folder.iterdir())) == 4


def test_a_suite_without_qrels_is_told(tmp_path: Path) -> None:
    """There is nothing to stamp."""
    (tmp_path / "suite.yaml").write_text("title: t\ntask: similarity\ntables: {pairs: p.tsv}\nmetrics: [spearman]\n")
    (tmp_path / "p.tsv").write_text("sentence1\tsentence2\tscore\na\tb\t1\na\tc\t2\n")
    (note,) = stamp(open_suite(Place("mine", tmp_path)))
    assert note.text == "nothing to stamp: a similarity suite has no qrels"


def test_built_in_suites_are_refused(tmp_path: Path) -> None:
    """By their folder, whatever name leads there; others are not."""
    place = builtin_places()[0]
    with pytest.raises(UsageError, match="is built in"):
        refuse_builtin([Place("./mine", place.folder)])
    refuse_builtin([Place("mine", tmp_path)])
