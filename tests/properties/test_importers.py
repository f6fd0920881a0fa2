"""Whatever bytes an importer is given, there is a suite that loads, or an error that says what is wrong."""

from __future__ import annotations

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.catalogue import Place, load_suite
from harness.catalogue.importers import FORMATS
from harness.catalogue.importers.request import Request
from harness.errors import HarnessError
from harness.workflows.imports import import_suite

if TYPE_CHECKING:
    from collections.abc import Mapping


class Example(NamedTuple):
    """Good files by name, the one that is the source ("" for the folder), and the options."""

    files: Mapping[str, str]
    source: str
    options: Mapping[str, Any]


PAIRS = ("sentence1", "sentence2", "label")
CSV = '\ufeffq,a,extra\n"How, do I pay?",By card 🙂,x\n怎么付款,"用卡\n或现金",y\n'
DOC = "<DOC>\n<DOCNO> d1 </DOCNO>\n<TEXT>a &amp; b</TEXT>\n</DOC>\n<DOC><DOCNO>d2</DOCNO><TEXT>货款</TEXT></DOC>\n"
TOPICS = "<top>\n<num> Number: 1\n<title> pay\n<desc> Description:\nhow to pay\n</top>\n"
EVENT = '<event><string key="concept:name" value="{}"/><date key="time:timestamp" value="2020-01-01"/></event>'
XES = f'<?xml version="1.0"?>\n<log><trace>{EVENT.format("a")}\n{EVENT.format("b")}{EVENT.format("b")}</trace></log>\n'
BPMN = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" name="购买">
<task id="a" name="申请"/><exclusiveGateway id="g"/><subProcess id="s"><task id="b" name="审批"/></subProcess>
<sequenceFlow id="f" sourceRef="a" targetRef="g"/><sequenceFlow id="h" sourceRef="g" targetRef="s"/>
</process></definitions>
"""
PROCESS = '{"name": "p", "nodes": [{"id": 1, "label": "a"}, {"id": 2, "label": "b"}], "flows": [[1, 2, ""]]}\n'
FLAT = {"kind": "retrieval", "map": ("query=q", "document=a")}
DRAWN = ("process=name", "nodes=nodes", "edges=flows")

EXAMPLES: Mapping[str, Example] = {
    "analogies": Example({"q.txt": ": family\nking queen man woman\n国王 王后 男人 女人\n"}, "q.txt", {}),
    "beir": Example(
        {
            "corpus.jsonl": '{"_id": "d", "title": "t", "text": "x"}\n',
            "queries.jsonl": '{"_id": "q", "text": "x"}\n',
            "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq\td\t1\n",
        },
        "",
        {},
    ),
    "bpmn": Example({"p.bpmn": BPMN}, "p.bpmn", {}),
    "csv": Example({"faq.csv": CSV}, "faq.csv", FLAT),
    "folder": Example({"a.md": "# A\n\ntext\n## B\n```\n# code\n```\n"}, "", {"split_by": "heading"}),
    "jsonl": Example(
        {
            "p.jsonl": '{"sentence1": "a", "sentence2": "b", "label": true}\n'
            '{"sentence1": "a", "sentence2": "c", "label": 0}\n'
        },
        "p.jsonl",
        {"kind": "pairs"},
    ),
    "parquet": Example({"p.parquet": "PAR1 no Parquet"}, "p.parquet", {"kind": "pairs"}),
    "processes": Example({"p.jsonl": PROCESS}, "p.jsonl", {"map": DRAWN}),
    "sql": Example({"p.csv": "sentence1,sentence2,label\na,b,1\na,c,0\n"}, "p.csv", {"kind": "pairs"}),
    "sts": Example({"s.tsv": "g\tf\t2012\t1\t4.5\ta b\ta c\ng\tf\t2012\t2\t0.5\tx\ty\n"}, "s.tsv", {}),
    "trec": Example({"topics.txt": TOPICS, "qrels.txt": "1 0 d1 2\n1 0 d2 0\n", "docs.sgml": DOC}, "", {}),
    "tsv": Example(
        {"p.tsv": "sentence1\tsentence2\tis\na\tb\tyes\na\tc\tno\n"},
        "p.tsv",
        {"kind": "pairs", "map": ("label=is",), "positive": ("yes",)},
    ),
    "xes": Example({"l.xes": XES}, "l.xes", {}),
}
BROKEN = ("parquet",)
"""Formats whose example is no good file: a real one is binary, and its reader is not ours."""


def attempt(name: str, files: Mapping[str, bytes], **further: Any) -> str:
    """What came of an import: loads, or the error; whatever else is raised is a bug. further: options."""
    example = EXAMPLES[name]
    with TemporaryDirectory() as place:
        root = Path(place)
        for path, content in files.items():
            (root / "in" / path).parent.mkdir(parents=True, exist_ok=True)
            (root / "in" / path).write_bytes(content)
        asked = Request(name, str(root / "in" / example.source), {**example.options, **further})
        try:
            imported = import_suite(asked, root / "out" / "suite", lambda _: None)
            if imported.labelled:
                load_suite(Place("suite", root / "out" / "suite"))
        except HarnessError as error:
            assert not (root / "out").exists(), "something is left behind"
            return str(error)
        return "loads"


def good(name: str) -> dict[str, bytes]:
    """The example's files as bytes."""
    return {path: text.encode() for path, text in EXAMPLES[name].files.items()}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_an_example_that_loads(name: str) -> None:
    """What is broken below was whole before."""
    assert (attempt(name, good(name)) == "loads") is (name not in BROKEN)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=st.binary(max_size=200), place=st.integers(0, 2))
def test_any_bytes(name: str, content: bytes, place: int) -> None:
    """A file of the source is nothing but noise."""
    files = good(name)
    files[list(files)[place % len(files)]] = content
    assert attempt(name, files)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    place=st.integers(0, 2),
    skipping=st.booleans(),
    start=st.integers(0, 400),
    length=st.integers(0, 40),
    inserted=st.one_of(
        st.binary(max_size=8),
        st.sampled_from(
            [b"\0", b'"', b"<", b"&x;", b"</", b"\\ud83d", b"\xff", "🙂".encode(), b"\r", b"\t", b"\n", b"[" * 2000]
        ),
    ),
)
def test_almost_good_files(
    name: str,
    place: int,
    skipping: bool,  # noqa: FBT001 # drawn
    start: int,
    length: int,
    inserted: bytes,
) -> None:
    """A good file in which some bytes were replaced by others, read with and without --skip-faulty."""
    files = good(name)
    path = list(files)[place % len(files)]
    start %= len(files[path]) + 1
    files[path] = files[path][:start] + inserted + files[path][start + length :]
    assert attempt(
        name, files, **({"skip_faulty": True} if skipping and "skip_faulty" in FORMATS[name].options else {})
    )


@pytest.mark.parametrize("name", sorted(name for name in FORMATS if "encoding" in FORMATS[name].options))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(encoding=st.sampled_from(["gb18030", "utf-16", "shift_jis", "utf-7", "utf-8-sig", "big5"]), noise=st.binary())
def test_any_encoding(name: str, encoding: str, noise: bytes) -> None:
    """The good files with noise behind them, as if they were in any encoding."""
    assert attempt(name, {path: content + noise for path, content in good(name).items()}, encoding=encoding)


TYPED = st.text(max_size=12) | st.sampled_from(
    ["text=a", "label=b", "query=a", "document=b", "corpus.text=a", "sentence1=", "=", "x.y=z", "score=\ud83d", "a\0=b"]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(["", "retrieval", "reranking", "pairs", "classification", "analogy", "process", "none"]),
    mapping=st.lists(TYPED, max_size=4),
    positive=st.lists(TYPED, max_size=2),
    table=st.lists(TYPED, max_size=1),
)
def test_anything_typed(kind: str, mapping: list[str], positive: list[str], table: list[str]) -> None:
    """Options that nobody meant, on a file that is good."""
    typed = {"kind": kind, "map": tuple(mapping), "positive": tuple(positive), "table": tuple(table)}
    options = {name: value for name, value in typed.items() if value}
    with pytest.MonkeyPatch.context() as patch:
        example = Example({"t.csv": "a,b,label\nx,y,1\nz,w,0\n"}, "t.csv", options)
        patch.setitem(EXAMPLES, "csv", example)  # type: ignore[arg-type]  # it is a dict
        assert attempt("csv", good("csv"))


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"folder", "parquet", "sql"}))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kept=st.integers(0, 400))
def test_packed_files_that_end_too_soon(name: str, kept: int) -> None:
    """A gzip file is cut anywhere."""
    files = good(name)
    path = next(iter(files))
    packed = gzip.compress(files.pop(path))
    files[f"{path}.gz"] = packed[: kept % len(packed)]
    example = EXAMPLES[name]
    source = f"{example.source}.gz" if example.source else ""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(EXAMPLES, name, example._replace(source=source))  # type: ignore[arg-type]  # it is a dict
        assert attempt(name, files) != "loads"
