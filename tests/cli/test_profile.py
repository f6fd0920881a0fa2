"""harness profile: what an embedder costs, measured in a process of its own."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.embedders.resolve import open_embedder
from harness.workflows import terms
from harness.workflows.profile import opening
from tests.faults import slow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.embedders.resolve import Candidate, Keep
    from harness.model import Spec
    from tests.faulty_server import FaultyServer

QUICK = ("--seconds", 0.5)
FIELDS = ["embedder", "finding", "subject", "value", "low", "high", "unit", "note"]


@pytest.fixture
def measured(harness: Callable[..., Any], store: Path) -> Callable[..., Any]:
    """Profiles, quickly, into the store of the test."""
    return lambda *arguments: harness("profile", *QUICK, *arguments, "--store", store)


def by_name(out: str, embedder: str) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """The measures of an embedder from the output of --format json."""
    rows = [row for row in json.loads(out) if row["embedder"] == embedder]
    assert all(list(row) == FIELDS for row in rows)
    return {(row["finding"], row["subject"]): row for row in rows}


def test_an_embedder_is_measured(measured: Callable[..., Any]) -> None:
    """Times are positive, percentiles rise, sizes and hours follow from what was measured."""
    code, out, err = measured("-e", "baseline:hashing", "--documents", "10M", "--format", "json")
    assert (code, err.split("  ")[:2]) == (0, ["baseline:hashing", "measured"])
    found = by_name(out, "baseline:hashing")
    p50, p95, p99 = (found["query_latency", subject]["value"] for subject in ("p50", "p95", "p99"))
    assert 0 < p50 <= p95 <= p99
    start = found["cold_start", ""]
    assert 0.01 < start["low"] <= start["value"] <= start["high"]
    rates = {subject: row["value"] for (name, subject), row in found.items() if name == "throughput"}
    assert list(rates) == ["1", "4", "16", "64", "256"]
    best = rates[f"{found['best_batch', '']['value']:.0f}"]
    assert best >= 0.97 * max(filter(None, rates.values()))
    assert found["embedding_hours", "10M"]["value"] == pytest.approx(10_000_000 / best / 3600)
    assert found["tokens_per_second", ""]["value"] == pytest.approx(best * found["document_tokens", ""]["value"])
    assert (found["index_size", "int8"]["value"], found["index_size", "int8"]["unit"]) == (1024, "MB")
    assert (found["parameters", ""]["value"], found["data_leaves_machine", ""]["value"]) == (0, 0)
    assert (found["embedding_cost", "10M"]["value"], found["embedding_cost", "10M"]["note"]) == (
        None,
        "none: it runs here",
    )
    if sys.platform != "win32":
        idle, peak = found["peak_memory", "idle"]["value"], found["peak_memory", ""]["value"]
        assert 5 < idle < peak < 300


def test_a_profile_is_recorded_beside_the_results(
    measured: Callable[..., Any], harness: Callable[..., Any], toy_suite: Path, store: Path
) -> None:
    """`findings` and `sql` have it, the comparison table does not, nor does it hide or replace anything there."""
    run = ("run", "-s", toy_suite, "-e", "baseline:hashing", "--store", store)
    assert harness(*run).code == 0
    before = harness("table", "--store", store)
    assert measured("-e", "baseline:hashing", "-e", "bm25:").code == 0
    assert harness("table", "--store", store) == before
    rows = json.loads(harness("findings", "-s", "profile", "--store", store, "--format", "json").stdout)
    assert {(row["suite"], row["embedder"]) for row in rows} == {("profile", "baseline:hashing"), ("profile", "bm25:")}
    assert {row["suite"] for row in json.loads(harness("findings", "--store", store, "--format", "json").stdout)} == {
        "profile",
        "toy",
    }
    question = "select value from profile where name = 'index_size' and subject = 'binary'"
    assert json.loads(harness("sql", question, "--store", store, "--format", "json").stdout) == [{"value": 128.0}]
    question = (
        "select kind, c.content ->> 'documents' as documents, e.content ->> 'threads' as threads from run "
        "join configuration c on c.digest = configuration join environment e on e.digest = environment "
        "where suite = 'profile' limit 1"
    )
    (row,) = json.loads(harness("sql", question, "--store", store, "--format", "json").stdout)
    assert row == {"kind": "profile", "documents": "1M", "threads": "1"}


def test_other_texts_are_another_profile(
    measured: Callable[..., Any], harness: Callable[..., Any], store: Path, tmp_path: Path
) -> None:
    """With own texts, tokens are theirs; and the numbers of other texts are not set beside them."""
    own = tmp_path / "texts.txt"
    own.write_text("\ufeff采购申请审批\n\nshort text\n", "utf-8")
    assert measured("-e", "baseline:onehot").code == 0
    out = measured("-e", "baseline:hashing", "--texts", own, "--format", "json").stdout
    tokens = by_name(out, "baseline:hashing")["document_tokens", ""]
    assert tokens["value"] == 4.5  # 6 characters; 5 and 4 letters, 2 and 1 tokens
    assert tokens["note"].endswith("2 texts of the user's, over and over")
    rows = json.loads(harness("findings", "-s", "profile", "--store", store, "--format", "json").stdout)
    assert {row["embedder"] for row in rows} == {"baseline:hashing"}


def test_rankers_have_times_and_no_vectors(measured: Callable[..., Any]) -> None:
    """bm25 says how long it indexes; what only vectors have is not zero, but not there."""
    found = by_name(measured("-e", "bm25:", "--format", "json").stdout, "bm25:")
    assert found["indexing_time", ""]["value"] > 0
    assert (found["dimension", ""]["value"], found["dimension", ""]["note"]) == (
        None,
        "not applicable: it makes no vectors",
    )
    assert not {"throughput", "index_size", "embedding_hours"} & {name for name, _ in found}
    assert found["packages", ""]["note"] == "pystemmer"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
def test_one_that_dies_takes_nobody_with_it(measured: Callable[..., Any], plugin: object, store: Path) -> None:
    """Killed, gone, raising, not to be opened: each is recorded as failed with its reason, and the others go on."""
    del plugin
    odd = ("killed", "left", "value-error", "nan", "broken", "sane")
    code, out, err = measured(*(word for name in odd for word in ("-e", f"odd:{name}")), "--format", "json")
    assert code == 4
    reasons = {row["embedder"]: row["note"] for row in json.loads(out) if row["finding"] == "not_measured"}
    assert reasons == {
        "odd:killed": "its process was killed by SIGKILL: perhaps out of memory (first answer)",
        "odd:left": "its process ended with the code 7 (first answer): Fatal: no engine",
        "odd:value-error": "odd:value-error failed with ValueError: no such token",
        "odd:nan": "odd:nan: the embedder returned NaN or infinity (in float32) for 1 of 1 texts, "
        "the first of them 'How long does it take the finance depart…'",
        "odd:broken": "odd:broken failed with AttributeError: module 'weights' has no attribute 'load'",
    }
    assert by_name(out, "odd:sane")["dimension", ""]["value"] == 16
    assert "odd:killed  failed: its process was killed" in err
    from harness.store import Store

    _, rows = Store(store).query("select embedder, status, identity is null from run order by started_at")
    statuses = [("ok" if name == "sane" else "failed") for name in odd]
    assert rows == [(f"odd:{name}", status, name == "broken") for name, status in zip(odd, statuses, strict=True)]


def test_what_libraries_print_is_no_event(measured: Callable[..., Any], plugin: object) -> None:
    """Not even when it looks like one; nor does it get onto stdout."""
    del plugin
    code, out, _ = measured("-e", "odd:noisy", "--format", "json")
    assert code == 0
    assert by_name(out, "odd:noisy")["dimension", ""]["value"] == 16


def test_a_service_is_measured_with_all_requests_under_way(
    measured: Callable[..., Any], faulty: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers take 0.25 s: eight at once hold 1,024 short texts, so that 1M take about 5 minutes; not 4 hours, by 16.

    Tokens are the server's, one per character and four before each text, and so is the money for them.
    """
    monkeypatch.chdir(tmp_path)
    host = faulty.url.split("/")[2]
    (tmp_path / "harness.toml").write_text(f'[prices]\n"{host}/m" = {{per_million = 2, currency = "CNY"}}\n', "utf-8")
    own = tmp_path / "texts.txt"
    own.write_text("采购申请审批\nshort text\n", "utf-8")
    faulty.faults.append(slow(0.25))
    spec = f"openai:m?base_url={faulty.url}&document_prompt=doc:"
    found = by_name(measured("-e", spec, "--texts", own, "--seconds", 3, "--format", "json").stdout, spec)
    assert faulty.at_once == 8
    assert found["best_batch", ""]["value"] == 1024
    assert found["embedding_hours", "1M"]["value"] == pytest.approx(1e6 / 1024 * 0.25 / 3600, rel=0.5)
    assert found["document_tokens", ""]["value"] == 4 + (6 + 10) / 2
    assert found["document_tokens", ""]["note"].startswith("of a document on average, as the service counts them")
    assert (found["embedding_cost", "1M"]["value"], found["embedding_cost", "1M"]["unit"]) == (24, "CNY")
    assert found["token_price", ""]["note"] == "for 1M tokens, harness.toml"


def test_a_model_is_opened_once_where_it_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files are digested when it is opened, which is a part of the cold start."""
    made: list[str] = []

    def noting(spec: Spec, keep: Keep) -> Candidate:
        made.append(spec.text)
        return open_embedder(spec, keep)

    for module in (opening, terms):
        monkeypatch.setattr(module, "open_embedder", noting)
    opening.opened("baseline:hashing", ())
    assert made == ["baseline:hashing"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_nothing_is_left_of_a_profile_that_is_ended(start: Callable[..., Any], plugin: object, store: Path) -> None:
    """Not even by SIGTERM, which gives it no time to end the process that measures."""
    del plugin
    slowly = os.environ | {"ODD_SECONDS": "60"}
    process = start("profile", "-e", "odd:slow", "--store", store, env=slowly)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    until = time.monotonic() + 30
    while not (below := children.read_text("ascii").split()) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1)  # until it has read its request
    process.terminate()
    process.wait(timeout=10)
    assert below
    until = time.monotonic() + 10
    while any(map(_runs, below)):
        assert time.monotonic() < until
        time.sleep(0.05)


def _runs(process: str) -> bool:
    """Whether it does, one that has ended and was not asked for its exit code left out."""
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_mistakes_are_found_before_anything_is_measured(
    measured: Callable[..., Any], store: Path, tmp_path: Path
) -> None:
    """A backend, an option, a number, a file of nothing: exit 3, and no store."""
    empty = tmp_path / "empty.txt"
    empty.write_text("\n \n", "utf-8")
    gbk = tmp_path / "gbk.txt"
    gbk.write_bytes("采购".encode("gbk"))
    for arguments, message in (
        (("-e", "baseline:hashing", "-e", "nothing:x"), "there is no 'nothing' among the embedders"),
        (("-e", "baseline:hashing?dims=3"), "dims"),
        (("-e", "baseline:hashing", "--documents", "many"), "'many' is no number of documents"),
        (("-e", "baseline:hashing", "--texts", empty), "there is no text in it"),
        (("-e", "baseline:hashing", "--texts", gbk), "not UTF-8, at byte 0"),
        (("-e", "baseline:hashing", "--seconds", "nan"), "nan is not a finite number"),
        ((), "no embedders (-e) to measure"),
    ):
        code, out, err = measured(*arguments)
        assert (code, out) == (3, "")
        assert message in err
    assert not store.exists()


def test_names_come_from_the_configuration(
    measured: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """harness.toml says what to measure where the command does not; threads are its, too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "harness.toml").write_text('threads = 2\n[embedders]\n"乱" = "baseline:random?dim=8"\n', "utf-8")
    found = by_name(measured("--format", "json").stdout, "乱")
    assert found["dimension", ""]["value"] == 8
    assert found["device", ""]["note"] == "cpu, 2 threads"


def test_it_works_as_a_module(start: Callable[..., Any], store: Path, tmp_path: Path) -> None:
    """`python -m harness`, from another folder."""
    process = start("profile", "-e", "baseline:random", *QUICK, "--store", store, cwd=tmp_path, env=dict(os.environ))
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err.split("  ")[1]) == (0, "measured")
    assert "│ dimension               │" in out


@pytest.mark.real
def test_a_real_model(measured: Callable[..., Any]) -> None:
    """all-MiniLM-L6-v2 loads torch, which shows in its start, its memory and what it needs; its size is what it is."""
    found = by_name(measured("-e", "packaged:all-MiniLM-L6-v2", "--format", "json").stdout, "packaged:all-MiniLM-L6-v2")
    assert found["parameters", ""]["value"] == 22_713_216
    assert found["parameters", "embedding"]["value"] == 11_720_448
    assert found["dimension", ""]["value"] == 384
    assert found["licence", ""]["note"] == "Apache-2.0"
    assert {"torch", "transformers", "sentence-transformers"} <= set(found["packages", ""]["note"].split(", "))
    assert "numpy" not in found["packages", ""]["note"].split(", ")
    assert found["cold_start", "first answer"]["value"] > found["cold_start", "process"]["value"]
    assert "by its own tokenizer" in found["document_tokens", ""]["note"]
    if sys.platform != "win32":
        assert found["peak_memory", "loaded"]["value"] > 150
