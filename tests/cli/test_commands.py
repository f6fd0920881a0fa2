"""Every command: what it prints where, in which formats, with which exit code."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIELDS = {
    *("suite", "kind", "embedder", "metric", "value", "low", "high", "floor", "items"),
    *("status", "reason", "run", "fingerprint", "seconds"),
}
HIDDEN = {"run", "fingerprint", "seconds", "started_at"}
"""What differs from run to run."""

TABLE = """\
┏━━━━━━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━━━━━┓
┃                  ┃  MB per ┃        pairs ┃         toy ┃
┃ embedder         ┃ 1M docs ┃ spearman n=4 ┃ ndcg@10 n=3 ┃
┡━━━━━━━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━━━━━┩
│ baseline:hashing │   4,096 │   *0.800 [1] │  *0.877 [1] │
│ bm25:            │       – │      n/a [2] │   0.000 [1] │
├──────────────────┼─────────┼──────────────┼─────────────┤
│ random floor     │         │        0.000 │       0.590 │
└──────────────────┴─────────┴──────────────┴─────────────┘
Second line: 95 % interval. Best of a column: *. Random floor: what random vectors are expected to score.
[1] no interval: 3 independent groups of items: at least 5 are needed
[2] bm25: ranks documents and has no vectors; a similarity suite needs vectors
"""
MARKDOWN = r"""| embedder | MB per<br>1M docs | pairs<br>spearman n=4 | toy<br>ndcg@10 n=3 |
| --- | ---: | ---: | ---: |
| baseline:hashing | 4,096 | **0.800** \[1] | **0.877** \[1] |
| bm25: | – | n/a \[2] | 0.000 \[1] |
| *random floor* |  | *0.000* | *0.590* |

1. no interval: 3 independent groups of items: at least 5 are needed
2. bm25: ranks documents and has no vectors; a similarity suite needs vectors
"""
PROGRESS = """\
baseline:hashing · pairs  spearman 0.800  (6 texts embedded, … s)
baseline:hashing · toy  ndcg@10 0.877  (8 texts embedded, … s)
bm25: · pairs  not applicable: bm25: ranks documents and has no vectors; a similarity suite needs vectors  \
(0 texts embedded, … s)
bm25: · toy  ndcg@10 0.000  (0 texts embedded, … s)
"""
HELP = """\
Usage: harness [OPTIONS] COMMAND [ARGS]...

  Compare embedding models on suites and on your own data.

  harness run -s zh -s en -e packaged:use-multilingual -e bm25: -e baseline:random
  harness table

"""


def by_suite(row: dict[str, Any]) -> tuple[str, str]:
    """The order of the store; a run prints embedder by embedder."""
    return row["suite"], row["embedder"]


@pytest.fixture
def ran(harness: Callable[..., Any], pairs_suite: Path, toy_suite: Path, store: Path) -> Callable[..., Any]:
    """Runs two embedders on two suites, printed in the given format."""

    def run(layout: str = "table") -> Any:
        suites = ("-s", pairs_suite, "-s", toy_suite)
        return harness("run", *suites, "-e", "baseline:hashing", "-e", "bm25:", "--store", store, "--format", layout)

    return run


def test_run_prints_the_table_and_tells_its_progress_apart(ran: Callable[..., Any]) -> None:
    """stdout holds the table and nothing else, stderr a line per run, in the order of the command line."""
    code, out, err = ran()
    assert (code, out) == (0, TABLE)
    assert re.sub(r"\d+\.\d s", "… s", err) == PROGRESS


@pytest.mark.parametrize(("layout", "expected"), [("table", TABLE), ("markdown", MARKDOWN)])
def test_table_prints_what_is_stored(
    layout: str, expected: str, ran: Callable[..., Any], harness: Callable[..., Any], store: Path
) -> None:
    """The table of the store is the one that the run printed, with nothing on stderr."""
    assert ran(layout).stdout == expected
    assert harness("table", "--store", store, "--format", layout) == (0, expected, "")


def test_a_sweep_runs_every_setting(harness: Callable[..., Any], toy_suite: Path, store: Path) -> None:
    """A row per setting with what its index weighs; each text is embedded once for all of them."""
    sweeps = ("--sweep", "dimensions=64,full", "--sweep", "precision=binary,float32", "--similarity", "dot")
    result = harness("run", "-s", toy_suite, "-e", "baseline:hashing", *sweeps, "--store", store, "--format", "json")
    assert {row["embedder"].partition("?")[2]: row["vector_bytes"] for row in json.loads(result.stdout)} == {
        "dimensions=64&precision=binary&similarity=dot": 8,
        "dimensions=64&precision=float32&similarity=dot": 256,
        "precision=binary&similarity=dot": 128,
        "precision=float32&similarity=dot": 4096,
    }
    assert re.findall(r"(\d+) texts embedded", result.stderr) == ["8", "0", "0", "0"]


def test_json_is_a_list_of_objects(ran: Callable[..., Any], harness: Callable[..., Any], store: Path) -> None:
    """Of every metric, with the fields that are promised, finite numbers or null; run and table say the same."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    printed = sorted(json.loads(ran("json").stdout, parse_constant=refuse), key=by_suite)
    stored = json.loads(harness("table", "--store", store, "--format", "json").stdout, parse_constant=refuse)
    assert printed == stored
    assert [(row["suite"], row["embedder"], row["metric"], row["status"]) for row in stored] == [
        ("pairs", "baseline:hashing", "spearman", "ok"),
        ("pairs", "baseline:hashing", "pearson", "ok"),
        ("pairs", "bm25:", "spearman", "not_applicable"),
        ("pairs", "bm25:", "pearson", "not_applicable"),
        ("toy", "baseline:hashing", "ndcg@10", "ok"),
        ("toy", "baseline:hashing", "recall@1", "ok"),
        ("toy", "bm25:", "ndcg@10", "ok"),
        ("toy", "bm25:", "recall@1", "ok"),
    ]
    for row in stored:
        assert row.keys() >= FIELDS
        assert (row["value"] is None) == bool(row["reason"]) == (row["status"] != "ok")
    assert len({row["run"] for row in stored}) == 4


def test_csv_holds_what_json_holds(ran: Callable[..., Any], harness: Callable[..., Any], store: Path) -> None:
    """A header and the same rows, an absent number empty."""
    objects = sorted(json.loads(ran("json").stdout), key=by_suite)
    lines = list(csv.DictReader(io.StringIO(harness("table", "--store", store, "--format", "csv").stdout)))
    texts = [row | {"warnings": "; ".join(row["warnings"])} for row in objects]
    assert [{key: "" if value is None else str(value) for key, value in row.items()} for row in texts] == lines


def test_table_shows_what_is_selected(ran: Callable[..., Any], harness: Callable[..., Any], store: Path) -> None:
    """By suite and by embedder; a selection without results is a mistake, and what there is is named."""
    ran()
    selected = json.loads(harness("table", "-s", "toy", "-e", "bm25:", "--store", store, "--format", "json").stdout)
    assert {(row["suite"], row["embedder"]) for row in selected} == {("toy", "bm25:")}
    code, out, err = harness("table", "-s", "other", "--store", store)
    assert (code, out) == (3, "")
    assert "holds nothing for other. Suites there: pairs, toy. Embedders: baseline:hashing, bm25:." in err


def test_table_tells_of_results_on_older_data(
    ran: Callable[..., Any], harness: Callable[..., Any], toy_suite: Path, store: Path
) -> None:
    """When a suite has changed, what was made on the old one is not set beside the new, and a note says how much."""
    ran()
    corpus = toy_suite / "corpus.jsonl"
    corpus.write_text(corpus.read_text("utf-8") + '{"_id": "d6", "text": "one more"}\n', "utf-8")
    harness("run", "-s", toy_suite, "-e", "bm25:", "--store", store)
    code, out, err = harness("table", "-s", "toy", "--store", store)
    assert (code, err) == (0, "1 result is hidden: it was made on other data under the same suite name\n")
    assert "baseline:hashing" not in out


def test_a_second_run_of_the_same_gives_the_same(ran: Callable[..., Any]) -> None:
    """Scores, intervals and order, whatever was embedded or cached."""

    def shown(text: str) -> list[dict[str, Any]]:
        return [{key: row[key] for key in row if key not in HIDDEN} for row in json.loads(text)]

    assert shown(ran("json").stdout) == shown(ran("json").stdout)


def test_suites_are_listed(harness: Callable[..., Any]) -> None:
    """The built-in ones, with kind, headline metric and size."""
    code, out, err = harness("suites", "list", "--format", "json")
    assert (code, err) == (0, "")
    listed = {suite["suite"]: suite for suite in json.loads(out)}
    assert listed["zh/process"].items() >= {"kind": "process", "headline": "mrr@10"}.items()
    topics = ("process", "similarity", "lexical-gap")
    assert {f"{language}/{topic}" for language in ("zh", "en") for topic in topics} <= listed.keys()


def test_a_suite_is_shown(harness: Callable[..., Any], toy_suite: Path) -> None:
    """What it asks, how much it holds, where it is, and its README where there is one."""
    code, out, err = harness("suites", "show", toy_suite)
    assert (code, err) == (0, "")
    assert re.sub(r"[0-9a-f]{32}", "…", out) == (
        "toy\n"
        "  title       A toy\n"
        "  kind        retrieval\n"
        "  licence     CC0-1.0\n"
        "  texts       3 queries, 5 documents\n"
        "  metrics     ndcg@10, recall@1 (the first is the headline)\n"
        "  fingerprint …\n"
        f"  folder      {toy_suite}\n"
    )
    (toy_suite / "README.md").write_text("# 玩具\n", "utf-8")
    assert harness("suites", "show", toy_suite).stdout.endswith("\n\n# 玩具\n")


def test_suites_are_checked(harness: Callable[..., Any], toy_suite: Path) -> None:
    """A block for each good one on stdout; every fault with file, line and key on stderr, and exit code 3."""
    code, out, err = harness("suites", "check", toy_suite)
    assert (code, out.partition("\n")[0], err) == (0, "ok  toy: retrieval, 8 texts", "")
    with (toy_suite / "qrels.tsv").open("a", encoding="utf-8") as qrels:
        qrels.write("q1\td9\t1\nq9\td1\t1\n")
    code, out, err = harness("suites", "check", toy_suite, "zh/process")
    assert code == 3
    assert out.startswith("ok  zh/process: process")
    assert err == (
        "suite toy has 2 faults:\n"
        "  qrels.tsv:5 [corpus-id]: absent document: 'd9' is not in the corpus\n"
        "  qrels.tsv:6 [query-id]: absent query: 'q9' is not in the queries\n"
    )


def test_embedders_are_listed(harness: Callable[..., Any], plugin: Any, tmp_path: Path) -> None:
    """Backends, those of plug-ins too, packaged models with licence and whether they are installed."""
    del plugin, tmp_path
    code, out, err = harness("embedders", "list", "--format", "json")
    assert (code, err) == (0, "")
    listed = {row["embedder"]: row["about"] for row in json.loads(out)}
    assert listed["odd:"] == "from odd_embedders"
    assert {"baseline:", "bm25:", "st:", "static:", "vectors:", "packaged:"} <= listed.keys()
    about = listed["packaged:use-multilingual"]
    assert re.search(r"512 dimensions; Apache-2\.0; (in|not installed: pip install)", about)


def test_an_embedder_is_checked(harness: Callable[..., Any], plugin: Any) -> None:
    """A line per clause; exit code 4 when one is broken."""
    del plugin
    code, out, err = harness("embedders", "check", "odd:sane")
    assert (code, err) == (0, "")
    assert all(line.startswith("ok      ") for line in out.splitlines())
    code, out, err = harness("embedders", "check", "odd:nan")
    assert (code, err) == (4, "")
    assert "FAILED  one finite row of one length per text: odd:nan: the embedder returned NaN" in out


def test_the_cache_is_described_and_cleared(
    ran: Callable[..., Any], harness: Callable[..., Any], tmp_path: Path
) -> None:
    """How many vectors are where; afterwards none, and the results stay."""
    ran()
    assert harness("cache", "info") == (0, f"{tmp_path}/cache: 14 vectors, 0.1 MiB\n", "")
    assert harness("cache", "clear", "--yes") == (0, f"14 vectors deleted from {tmp_path}/cache\n", "")
    assert harness("cache", "info").stdout == f"{tmp_path}/cache: 0 vectors, 0.0 MiB\n"
    assert "(6 texts embedded" in ran().stderr


@pytest.mark.parametrize(("answer", "left"), [("n\n", 14), ("y\n", 0)])
def test_clearing_asks_first(
    answer: str, left: int, ran: Callable[..., Any], harness: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On stderr, and only yes is yes."""
    ran()
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    code, out, err = harness("cache", "clear")
    assert code == 0
    assert "Delete every vector in" in err
    assert bool(out) == (left == 0)
    assert f": {left} vectors" in harness("cache", "info").stdout


def test_sql_reads_the_store(ran: Callable[..., Any], harness: Callable[..., Any], store: Path) -> None:
    """Any query, in any format."""
    ran()
    query = "select embedder, metric, round(value, 3) as value from leaderboard where suite = 'toy' order by all"
    code, out, err = harness("sql", query, "--store", store, "--format", "csv")
    assert (code, err) == (0, "")
    assert out == (
        "embedder,metric,value\n"
        "baseline:hashing,ndcg@10,0.877\nbaseline:hashing,recall@1,0.667\nbm25:,ndcg@10,0.0\nbm25:,recall@1,0.0\n"
    )
    counted = harness("sql", "select count(*) as runs from run", "--store", store, "--format", "json")
    assert json.loads(counted.stdout) == [{"runs": 4}]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("insert into finding values ('x', 0, 'x', 'x', 1, 'x', false)", 4),
        ("delete from run", 4),
        ("drop table run", 4),
        ("attach '{folder}/other.duckdb' as other", 4),
        ("copy run to '{folder}/stolen.csv'", 4),
        ("select * from read_csv('{folder}/toy/qrels.tsv')", 4),
        ("set enable_external_access = true", 4),
        ("select 1; delete from run", 4),
        ("select * from nowhere", 3),
        ("selec 1", 3),
    ],
)
def test_sql_only_reads(
    statement: str, code: int, ran: Callable[..., Any], harness: Callable[..., Any], tmp_path: Path, store: Path
) -> None:
    """What writes or reaches elsewhere is refused with code 4, what is wrong with code 3; the store is untouched."""
    ran()
    before = store.read_bytes()
    result = harness("sql", statement.format(folder=tmp_path), "--store", store)
    assert (result.code, result.stdout) == (code, "")
    assert result.stderr.startswith("error: ")
    assert store.read_bytes() == before
    assert not (tmp_path / "stolen.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Usage: harness"),
        (("nothing",), "No such command 'nothing'"),
        (("run", "--format", "xml"), "'xml' is not one of"),
        (("run", "--threads", "0", "-s", "zh", "-e", "bm25:"), "0 is not in the range"),
        (("run",), "no embedders (-e) to run"),
        (("run", "-e", "bm25:"), "no suites (-s) to run"),
        (("run", "-s", "zh/proces", "-e", "bm25:"), "Did you mean 'zh/process'?"),
        (
            ("run", "-s", "zh", "-e", "hashing"),
            "'hashing' is neither a spec (backend:model) nor a name",
        ),
        (("run", "-s", "zh", "-e", "bm52:"), "there is no 'bm52' among the embedders. Did you mean 'bm25'?"),
        (("run", "-s", "zh", "-e", "baseline:hash"), "there is no baseline 'hash'"),
        (("run", "-s", "zh", "-e", "bm25:?k2=1"), "there is no option 'k2'"),
        (("run", "-s", "zh", "-e", "bm25:", "--config", "none.toml"), "none.toml: cannot be read: No such file"),
        (("suites", "show", "nothing"), "there is no suite 'nothing'"),
        (("embedders", "check", "nothing"), "'nothing' is neither a spec"),
    ],
)
def test_what_cannot_be_understood_is_code_3(
    arguments: tuple[str, ...],
    message: str,
    harness: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Said on stderr before anything is run or written."""
    monkeypatch.chdir(tmp_path)
    code, out, err = harness(*arguments)
    assert (code, out) == (3, "")
    assert message in err
    assert list(tmp_path.iterdir()) == []


def test_help(harness: Callable[..., Any]) -> None:
    """-h is --help, on stdout; every command has help with an example in it."""
    code, out, err = harness("-h")
    assert (code, err) == (0, "")
    assert out == harness("--help").stdout
    assert out.startswith(HELP)
    groups = {"suites": ("list", "show", "check"), "embedders": ("list", "check"), "cache": ("info", "clear")}
    commands = [("run",), ("table",), ("sql",), *((group, name) for group, names in groups.items() for name in names)]
    for command in commands:
        shown = harness(*command, "-h")
        assert shown.code == 0
        assert f"\n  harness {' '.join(command)}" in shown.stdout


def test_every_answer_can_be_read_by_a_program(harness: Callable[..., Any], toy_suite: Path) -> None:
    """--format json of whatever prints data is a list of objects."""
    (shown,) = json.loads(harness("suites", "show", "zh/process", "--format", "json").stdout)
    assert (shown["suite"], shown["kind"]) == ("zh/process", "process")
    (toy_suite / "qrels.tsv").unlink()
    faulty = harness("suites", "check", toy_suite, "zh/process", "--format", "json")
    assert faulty.code == 3
    read = {row["suite"]: row["severity"] for row in json.loads(faulty.stdout) if row["check"] == "read"}
    assert read == {"toy": "fault", "zh/process": "ok"}
    clauses = json.loads(harness("embedders", "check", "bm25:", "--format", "json").stdout)
    assert all(clause["passed"] for clause in clauses)
    assert set(json.loads(harness("cache", "info", "--format", "json").stdout)[0]) == {"folder", "vectors", "bytes"}
