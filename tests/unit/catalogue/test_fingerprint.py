"""The fingerprint says whether two suites judge the same data in the same way."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import pytest

from harness.model import Suite

Files: TypeAlias = dict[str, str]
Load: TypeAlias = Callable[..., Suite]


def replaced(file: str, old: str, new: str) -> Callable[[Files], Files]:
    """A change to the text of one file."""

    def change(files: Files) -> Files:
        assert old in files[file]
        return files | {file: files[file].replace(old, new)}

    return change


def every(change: Callable[[str], str]) -> Callable[[Files], Files]:
    """A change to the text of every file."""
    return lambda files: {name: change(content) for name, content in files.items()}


def every_row(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Files], Files]:
    """A change to every row of every table."""

    def changed(content: str) -> str:
        rows = [change(json.loads(line)) for line in content.splitlines()]
        return "".join(json.dumps(row) + "\n" for row in rows)

    return lambda files: {
        name: changed(content) if name.endswith(".jsonl") else content for name, content in files.items()
    }


def as_tsv(files: Files) -> Files:
    """The same tables, tab-separated; null is nothing."""
    return {
        name.replace(".jsonl", ".tsv"): tsv([json.loads(line) for line in content.splitlines()])
        if name.endswith(".jsonl")
        else content.replace(".jsonl", ".tsv")
        for name, content in files.items()
    }


def tsv(rows: list[Mapping[str, Any]]) -> str:
    """Rows with a tab between the cells."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    cells = [["" if row.get(name) is None else str(row[name]) for name in columns] for row in rows]
    return "".join("\t".join(line) + "\n" for line in [columns, *cells])


SAME: Mapping[str, Callable[[Files], Files]] = {
    "title": replaced("suite.yaml", "title: t", "title: another"),
    "licence": replaced("suite.yaml", "CC0-1.0", "MIT"),
    "metrics": replaced("suite.yaml", "recall@1", "mrr@10"),
    "a default, spelled out": replaced("suite.yaml", "title:", "parameters: {use_title: true}\ntitle:"),
    "tab-separated": as_tsv,
    "order of columns": every_row(lambda row: dict(reversed(row.items()))),
    "a column nobody reads": every_row(lambda row: row | {"metadata": {"a": float("nan")}}),
    "grades as decimals": replaced("r.jsonl", '"score": 1', '"score": 1.0'),
    "ids as texts": replaced("q.jsonl", '"_id": 2', '"_id": "2"'),
    "line ends": every(lambda content: content.replace("\n", "\r\n")),
    "byte-order marks": every(lambda content: "\ufeff" + content),
}


@pytest.mark.parametrize("what", SAME)
def test_what_leaves_the_fingerprint_alone(retrieval: Files, load: Load, what: str) -> None:
    """Words about a suite, its metrics and the format of its files are no part of its fingerprint."""
    changed = SAME[what](retrieval)
    assert changed != retrieval
    assert load(changed, "other").fingerprint == load(retrieval, "plain").fingerprint


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("q.jsonl", "cold", "colds"),
        ("c.jsonl", "Flu", "flu"),
        ("c.jsonl", "🙂", "🙃"),
        ("r.jsonl", '"score": 2', '"score": 1'),
        ("r.jsonl", '"d1"', '"3"'),
        ("suite.yaml", "title:", "parameters: {use_title: false}\ntitle:"),
        ("suite.yaml", "title:", "parameters: {instruction: q}\ntitle:"),
        ("suite.yaml", "title:", "parameters: {ignore_identical_ids: false}\ntitle:"),
    ],
)
def test_what_changes_the_fingerprint(retrieval: Files, load: Load, file: str, old: str, new: str) -> None:
    """Any cell and any parameter is part of the fingerprint."""
    plain = load(retrieval, "plain")
    assert load(replaced(file, old, new)(retrieval), "other").fingerprint != plain.fingerprint


def test_the_version_of_the_kind_changes_the_fingerprint(
    pairs: Files, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scores judged by an older version of a kind are not comparable."""
    plain = load(pairs)
    monkeypatch.setattr(type(plain.task), "version", 999)
    assert load(pairs).fingerprint != plain.fingerprint


def test_a_later_parameter_leaves_results_comparable(retrieval: Files, load: Load) -> None:
    """The digest of these tables, as it was before retrieval had the parameter ignore_identical_ids."""
    assert load(retrieval).fingerprint == "7b0b765347b9fab4de3e98c23872f472"


def test_the_kind_changes_the_fingerprint(pairs: Files, load: Load) -> None:
    """The same table under another kind is another suite."""
    table = "sentence1\tsentence2\tlabel\tscore\na\tb\t1\t1\na\tc\t0\t0\n"
    graded = {"suite.yaml": "title: t\ntask: similarity\ntables: {pairs: p.tsv}\nmetrics: [spearman]\n"}
    one = load(pairs | {"p.tsv": table}, "one")
    other = load(graded | {"p.tsv": table}, "other")
    assert one.fingerprint != other.fingerprint


def test_cells_do_not_flow_into_each_other(pairs: Files, load: Load) -> None:
    """Moving a character from one cell to its neighbour is a change."""
    one = load(pairs | {"p.tsv": "sentence1\tsentence2\tlabel\nab\tc\t1\na\tc\t0\n"}, "one")
    other = load(pairs | {"p.tsv": "sentence1\tsentence2\tlabel\na\tbc\t1\na\tc\t0\n"}, "other")
    assert one.fingerprint != other.fingerprint
