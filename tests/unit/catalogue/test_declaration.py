"""suite.yaml is read as plain data; everything wrong with it is found in one go."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from harness.catalogue.declaration import LONGEST, Declaration, TableSource, read_declaration
from harness.errors import Faults

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
title: 同义异词
task: retrieval
tables: {queries: q.jsonl, corpus: c.jsonl}
metrics: [ndcg@10, recall@1]
"""


def read(folder: Path, content: str | bytes) -> tuple[Declaration | None, list[str]]:
    """The declaration in a folder with this suite.yaml, and the faults as a user sees them."""
    (folder / "suite.yaml").write_bytes(content.encode() if isinstance(content, str) else content)
    faults = Faults()
    return read_declaration(folder, faults), [str(fault) for fault in faults.found]


def faults_of(folder: Path, content: str | bytes) -> list[str]:
    """The faults alone."""
    return read(folder, content)[1]


def test_a_good_declaration(tmp_path: Path) -> None:
    """What is not declared has its default; keys keep their lines."""
    declaration, faults = read(tmp_path, GOOD)
    assert faults == []
    assert declaration is not None
    assert declaration.title == "同义异词"
    assert declaration.tables == {"queries": TableSource("q.jsonl"), "corpus": TableSource("c.jsonl")}
    assert declaration.metrics == ("ndcg@10", "recall@1")
    assert (declaration.licence, declaration.parameters) == ("not stated", {})
    assert [declaration.lines[key] for key in ("title", "tables.corpus", "metrics[1]")] == [1, 3, 4]


def test_notes_are_sentences(tmp_path: Path) -> None:
    """In their order; a suite without any has none."""
    declaration, faults = read(tmp_path, GOOD + "notes: [2 rows left out, 缺一行]\n")
    assert faults == []
    assert declaration is not None
    assert declaration.notes == ("2 rows left out", "缺一行")
    plain, _ = read(tmp_path, GOOD)
    assert plain is not None
    assert plain.notes == ()


@pytest.mark.parametrize("content", ["\ufeff" + GOOD, GOOD.replace("\n", "\r\n"), "---\n" + GOOD])
def test_marks_and_line_ends_make_no_difference(tmp_path: Path, content: str) -> None:
    """A byte-order mark, Windows line ends and a document mark are fine."""
    declaration, faults = read(tmp_path, content)
    assert faults == []
    assert declaration is not None
    assert declaration.title == "同义异词"


def test_columns_can_be_renamed(tmp_path: Path) -> None:
    """A table may say under which names its file has the kind's columns."""
    content = GOOD.replace("q.jsonl", "{file: q.csv, columns: {text: question, on: yes_}}")
    declaration, faults = read(tmp_path, content)
    assert faults == []
    assert declaration is not None
    assert declaration.tables["queries"] == TableSource("q.csv", {"text": "question", "on": "yes_"})


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "suite.yaml: no mapping: a suite.yaml has the keys title, licence,"),
        ("- a\n- b\n", "suite.yaml: no mapping: a suite.yaml has the keys title, licence,"),
        ("just words", "suite.yaml: no mapping: a suite.yaml has the keys title, licence,"),
        ("title:\n\tx: 1\n", "suite.yaml:2: not plain YAML: found character '\\t' that cannot start any token"),
        (GOOD + "x: [", "suite.yaml:5: not plain YAML: expected the node content"),
        (GOOD + "---\na: b\n", "suite.yaml:5: not plain YAML: but found another document"),
        ("[" * 50_000, "suite.yaml: not plain YAML: nested too deeply"),
        ("title: \x00", "suite.yaml: not plain YAML: unacceptable character #x0000"),
        (b"title: \xff", "suite.yaml: not UTF-8: convert the file to UTF-8"),
        ("#" * (LONGEST + 1), "suite.yaml: too long: more than 256 KiB; data belongs in a table"),
        (GOOD + "model: x\n", "suite.yaml:5 [model]: unknown key: known are title, licence,"),
        (GOOD + "1: x\n", "suite.yaml:5 [1]: unknown key: known are title, licence,"),
        (GOOD + "<<: {a: b}\n", "suite.yaml:5 [<<]: unknown key: known are title, licence,"),
        (GOOD + "? [a]\n: b\n", "suite.yaml:5: not a key: a key is a text"),
        (GOOD + "title: again\n", "suite.yaml:5 [title]: key given twice"),
        (GOOD.replace("c.jsonl", "c.jsonl, queries: r.jsonl"), "suite.yaml:3 [tables.queries]: key given twic"),
        (GOOD.replace("同义异词", "5"), "suite.yaml:1 [title]: wrong shape: must be a text"),
        (GOOD.replace("同义异词", '"a\\ud83d"'), "suite.yaml:1 [title]: broken character: neither control"),
        (GOOD.replace("同义异词", '"\\e[31m"'), "suite.yaml:1 [title]: broken character: neither control"),
        (GOOD.replace("title: 同义异词\n", ""), "suite.yaml [title]: missing key: a suite.yaml needs title, t"),
        (GOOD.replace("同义异词", ""), "suite.yaml:1 [title]: missing key: a suite.yaml needs title, task,"),
        (GOOD.replace("retrieval", "~"), "suite.yaml:2 [task]: missing key: a suite.yaml needs title, task,"),
        (GOOD.replace("retrieval", "[a]"), "suite.yaml:2 [task]: wrong shape: must be a text"),
        (GOOD.replace("[ndcg@10, recall@1]", "[]"), "suite.yaml:4 [metrics]: missing key: a suite.yaml needs "),
        (GOOD.replace("[ndcg@10, recall@1]", "ndcg"), "suite.yaml:4 [metrics]: wrong shape: must be a list [f"),
        (GOOD.replace("recall@1", "[a]"), "suite.yaml:4 [metrics]: not a name: a metric is a text, as ndcg@10"),
        (GOOD.replace("recall@1", "''"), "suite.yaml:4 [metrics]: not a name: a metric is a text, as ndcg@10"),
        (GOOD.replace("{queries: q.jsonl, corpus: c.jsonl}", "[q]"), "suite.yaml:3 [tables]: wrong shape: mus"),
        (GOOD.replace("q.jsonl", "5"), "suite.yaml:3 [tables.queries]: wrong shape: a table is queries.jsonl,"),
        (GOOD.replace("q.jsonl", "''"), "suite.yaml:3 [tables.queries]: wrong shape: a table is queries.jsonl"),
        (GOOD.replace("q.jsonl", "{columns: {}}"), "suite.yaml:3 [tables.queries]: wrong shape: a table is qu"),
        (GOOD.replace("q.jsonl", "{file: q, columns: [a]}"), "suite.yaml:3 [tables.queries]: wrong shape: a t"),
        (GOOD.replace("q.jsonl", "{file: q, sheet: 1}"), "suite.yaml:3 [tables.queries.sheet]: unknown key: k"),
        (GOOD + "parameters: [a]\n", "suite.yaml:5 [parameters]: wrong shape: must be a mapping {name: value}"),
        (GOOD + "licence: 5\n", "suite.yaml:5 [licence]: wrong shape: must be a text"),
        (GOOD + "notes: x\n", "suite.yaml:5 [notes]: wrong shape: must be a list of texts"),
        (GOOD + "notes: [a, 5]\n", "suite.yaml:5 [notes]: not a text: a note is a sentence"),
    ],
)
def test_one_fault_for_one_thing_wrong(tmp_path: Path, content: str | bytes, fault: str) -> None:
    """A suite.yaml that is wrong in one way is reported once, with line, key and what it should be."""
    faults = faults_of(tmp_path, content)
    assert len(faults) == 1, faults
    assert faults[0].startswith(fault)


def test_all_faults_at_once(tmp_path: Path) -> None:
    """One reading finds every fault, and still says what can be read of the rest."""
    content = "titel: x\ntask: retrieval\ntask: pairs\ntables: {a: 1, b: b.tsv}\nmetrics: ndcg\n"
    declaration, faults = read(tmp_path, content)
    assert [fault.split(": ")[0] for fault in faults] == [
        "suite.yaml:3 [task]",
        "suite.yaml:1 [titel]",
        "suite.yaml [title]",
        "suite.yaml:5 [metrics]",
        "suite.yaml:4 [tables.a]",
    ]
    assert declaration is not None
    assert declaration.tables == {"a": None, "b": TableSource("b.tsv")}


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.system [exit 1]",
        "!!python/name:os.system",
        "!!python/object:object {}",
        "!include other.yaml",
        "!!binary aGk=",
        "!!int seven",
        "!!set {a, b}",
    ],
)
def test_tags_are_refused(tmp_path: Path, value: str) -> None:
    """Data is never code: whatever asks for an object is refused, unread, at its line."""
    expected = ["suite.yaml:5: not plain YAML: a tag (!name) is used; a suite is plain data"]
    assert faults_of(tmp_path, f"{GOOD}description: {value}\n") == expected


@pytest.mark.parametrize("content", ["a: &a [*a]", "a: &x 1\nb: *x", "a: &x {b: 1}\nc: {<<: *x}"])
def test_aliases_are_refused(tmp_path: Path, content: str) -> None:
    """An alias is refused, a recursive one and a merged one too."""
    (fault,) = faults_of(tmp_path, content)
    assert fault.endswith("not plain YAML: an alias (*name) is used; write the value out")


def test_a_billion_laughs(tmp_path: Path) -> None:
    """Nine lines that stand for a billion texts are refused at once."""
    bomb = "a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n"
    for name, before in zip("bcdefghi", "abcdefgh", strict=True):
        bomb += f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    started = time.perf_counter()
    assert len(faults_of(tmp_path, bomb)) == 1
    assert time.perf_counter() - started < 10  # a billion takes minutes


@pytest.mark.parametrize("word", ["2024-13-45", "2024-01-01", "=", "0x_", "12e03", "👩\u200d🔬", "a\u3000b"])
def test_odd_words_are_texts(tmp_path: Path, word: str) -> None:
    """Dates, even impossible ones, and words that nearly are numbers are texts, as are joined emoji."""
    declaration, faults = read(tmp_path, GOOD.replace("同义异词", word))
    assert faults == []
    assert declaration is not None
    assert declaration.title == word


def test_a_missing_file(tmp_path: Path) -> None:
    """A suite.yaml that has gone is said in the system's words."""
    faults = Faults()
    assert read_declaration(tmp_path, faults) is None
    assert str(faults.found[0]) == "suite.yaml: cannot be read: No such file or directory"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file(tmp_path: Path) -> None:
    """A suite.yaml without read permission is a fault, not a crash."""
    (tmp_path / "suite.yaml").write_text(GOOD)
    (tmp_path / "suite.yaml").chmod(0)
    faults = Faults()
    assert read_declaration(tmp_path, faults) is None
    assert str(faults.found[0]) == "suite.yaml: cannot be read: Permission denied"
