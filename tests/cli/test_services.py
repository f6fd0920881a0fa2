"""Whole runs of `openai:` against a server that works, and against one that fails in every way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.embedders.remote.embedder import HARMLESS, SENTINELS
from harness.store import Store
from tests.conftest import DOCUMENTS, QUERIES
from tests.faults import (
    BAD_ANSWERS,
    NOT_FINITE,
    altered,
    containing,
    cut,
    echoing,
    other_model,
    raw,
    redirected,
    refused,
    slow,
    when,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faulty_server import Fault, FaultyServer

    Harness = Callable[..., Any]

pytest.importorskip("openai")

SECRET = "sk-s3cr3t/+key"  # noqa: S105  # of nothing

FAULTS: dict[str, tuple[Fault, str]] = {
    "400": (refused(400, "model not found"), r"127\.0\.0\.1:\d+ answered 400: model not found.*not the texts"),
    "401": (echoing(401), r"answered 401: Incorrect API key .*\*\*\* \(the key in MY_KEY was sent; api_key_env="),
    "403": (refused(403, "forbidden"), "answered 403: forbidden .*api_key_env="),
    "404": (refused(404, "no such model"), "answered 404: no such model .*check the model's name and base_url"),
    "413": (refused(413, "too large"), "answered 413: too large.*not the texts"),
    "422": (echoing(422), r"answered 422: Incorrect API key provided: Bearer \*\*\*"),
    "429": (refused(429, "slow down", retry_after=7200), r"answered 429: slow down \(given up: .*patience=300"),
    "429 of an empty account": (refused(429, "no money", "insufficient_quota"), "answered 429: no money"),
    "500": (echoing(500), r"answered 500: .*\*\*\* \(asked 3 times\)"),
    "503": (refused(503, "loading"), "answered 503: loading .*the same command goes on"),
    "a redirection": (redirected("http://127.0.0.1:9/v1/embeddings"), "answered 307.*no address but base_url"),
    "cut off": (cut(), r"cut off its answer .*\(asked 3 times\)"),
    "too slow": (slow(3), r"did not answer in time \(timeout=SECONDS\) \(asked 3 times\)"),
    "a page": (
        raw(b"<html>Welcome</html>", "text/html"),
        r"cannot be read \(<html>Welcome</html>\)\. Is base_url right",
    ),
    "a page of an error": (raw(b"<html>Bad gateway</html>", "text/html", 502), "answered 502: .*Bad gateway"),
    "one text refused": (containing("红烧肉", refused(400, "bad word")), r"1 of 3 texts .*'红烧肉怎么做' .*bad word"),
    "NaN for one text": (when(lambda asked: asked.texts[0] not in SENTINELS, NOT_FINITE["NaN"]), "1 of 3 texts got no"),
    "other lengths": (
        when(
            lambda asked: len(asked.texts) == 3,
            altered(lambda body: body | {"data": [row | {"embedding": [0.6, 0.8]} for row in body["data"]]}),
        ),
        "of 2 dimensions, and of 8 before",
    ),
    **{name: (fault, r"the server|127\.0\.0\.1") for name, fault in BAD_ANSWERS.items()},
}


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key, in the variable that the specs name."""
    monkeypatch.setenv("MY_KEY", SECRET)


def spec(server: FaultyServer, more: str = "") -> str:
    """The service on that server."""
    return f"openai:m?base_url={server.url}&api_key_env=MY_KEY&timeout=1{more}"


def runs(store: Path) -> list[tuple[Any, ...]]:
    """Backend, status and reason of every run, in their order."""
    return Store(store).query("select embedder, status, reason from run order by started_at")[1]


def test_a_run_asks_once(harness: Harness, faulty: FaultyServer, toy_suite: Path, store: Path) -> None:
    """Sentinels, texts and probes the first time; nothing at all the second time; the same scores."""
    first = harness("run", "-s", toy_suite, "-e", spec(faulty), "--store", store, "--format", "csv")
    assert first.code == 0
    texts = [asked.texts for asked in faulty.asked]
    assert texts[0] == list(SENTINELS)
    assert sorted(text for some in texts[1:3] for text in some) == sorted([*QUERIES.values(), *DOCUMENTS.values()])
    assert len(texts) == 3 + 13
    assert all(asked.headers["authorization"] == f"Bearer {SECRET}" for asked in faulty.asked)
    faulty.forget()
    again = harness("run", "-s", toy_suite, "-e", spec(faulty), "--store", store, "--format", "csv")
    assert again.code == 0
    assert faulty.asked == []
    values = Store(store).query("select metric, count(distinct value) from score group by metric")[1]
    assert {count for _, count in values} == {1}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.usefixtures("hurried")
def test_every_fault_is_recorded(
    name: str, harness: Harness, faulty: FaultyServer, toy_suite: Path, tmp_path: Path
) -> None:
    """As a failed run that says what is wrong and where; other embedders go on; exit code 4; the key is nowhere."""
    fault, reason = FAULTS[name]
    faulty.faults.append(fault)
    store = tmp_path / "results.duckdb"
    result = harness("run", "-s", toy_suite, "-e", spec(faulty), "-e", "baseline:random", "--store", store)
    assert result.code == 4
    (of_service, of_baseline) = runs(store)
    assert (of_service[1], of_baseline[1]) == ("failed", "ok")
    assert_matches(reason, of_service[2])
    assert len(faulty.asked) <= 60
    assert "Traceback" not in result.stdout + result.stderr
    written = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert len(written) > 3
    assert not any(b"s3cr3t" in content for content in [*written, (result.stdout + result.stderr).encode()])


def assert_matches(pattern: str, reason: str) -> None:
    """The reason says so, over several lines perhaps."""
    import re

    assert re.search(pattern, reason, re.DOTALL), reason


@pytest.mark.usefixtures("hurried")
def test_nobody_there_and_a_missing_key(
    harness: Harness, toy_suite: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are failures of that embedder, and say what to do."""
    monkeypatch.delenv("MY_KEY")
    nobody = "openai:m?base_url=http://127.0.0.1:9/v1"
    specs = ("-e", nobody, "-e", f"{nobody}&api_key_env=MY_KEY")
    assert harness("run", "-s", toy_suite, *specs, "--store", store).code == 4
    reasons = [reason for _, _, reason in runs(store)]
    assert_matches(r"127\.0\.0\.1:9 cannot be reached.*Is the server running\?", reasons[0])
    assert_matches("127.0.0.1:9 needs a key, and the environment variable MY_KEY is not set", reasons[1])


def test_refused_texts_with_zeros_are_warned_of(
    harness: Harness, faulty: FaultyServer, toy_suite: Path, store: Path
) -> None:
    """In the run that asked, and in the next one, which takes all others from the cache and asks for that one again."""
    faulty.faults.append(containing("红烧肉", refused(400, "bad word")))
    for _ in ("asked", "cached"):
        assert harness("run", "-s", toy_suite, "-e", spec(faulty, "&refused=zero"), "--store", store).code == 0
        asked, faulty.asked[:] = list(faulty.texts), []
    assert set(asked) == {*SENTINELS, HARMLESS, "红烧肉怎么做"}
    found = Store(store).query("select value, warning from finding where name = 'zero_vectors'")[1]
    assert found == [(1, True)] * 2


def test_a_changed_model_is_recorded(
    harness: Harness, faulty: FaultyServer, toy_suite: Path, pairs_suite: Path, store: Path
) -> None:
    """What is cached is still judged; what is not fails before it is paid for, until the new one has a name."""
    assert harness("run", "-s", toy_suite, "-e", spec(faulty), "--store", store).code == 0
    faulty.faults.append(other_model())
    faulty.forget()
    suites = ("-s", toy_suite, "-s", pairs_suite)
    assert harness("run", *suites, "-e", spec(faulty), "--store", store).code == 4
    (_, same, changed) = runs(store)
    assert (same[1], changed[1]) == ("ok", "failed")
    assert_matches("the model behind this name has changed since .*revision=NAME", changed[2])
    assert [asked.texts for asked in faulty.asked] == [list(SENTINELS)]
    assert harness("run", *suites, "-e", spec(faulty, "&revision=2"), "--store", store).code == 0
