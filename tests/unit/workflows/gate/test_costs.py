"""What budgets are held against."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import pytest

from harness.gate.limits import budget
from harness.model import Finding, Identity, Run
from harness.store import Store
from harness.workflows.configuration import Configuration
from harness.workflows.costs import costs_of
from harness.workflows.gate.costs import Candidate, held_against
from harness.workflows.gate.pairing import run_command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.model import Ruling


NEW = Identity("st", "new", "1")


def run(suite: str = "zh/a", *findings: Finding, spec: str = "baseline:random") -> Run:
    """A run with findings."""
    return Run(
        f"{suite} {len(findings)}", "2026-01-01T00:00:00+00:00", suite, "k", "f", "new", NEW, "ok", "", 0.0,
        findings=findings, configuration={"spec": spec},
    )  # fmt: skip


def profile(*findings: Finding, identity: Identity = NEW, day: int = 2) -> Run:
    """What `harness profile` records."""
    started = f"2026-02-{day:02}T00:00:00+00:00"
    return replace(run("profile", *findings), kind="profile", id=started, started_at=started, identity=identity)


Candidates: TypeAlias = "Callable[..., Candidate]"


@pytest.fixture
def candidate(tmp_path: Path) -> Candidates:
    """A candidate called new with these runs and profiles."""

    def made(*runs: Run, prices: dict[str, tuple[float, str]] | None = None) -> Candidate:
        store = Store(tmp_path / f"{len(list(tmp_path.iterdir()))}.duckdb")
        store.prepare()
        store.add(*runs)
        own = [one for one in runs if one.kind != "profile"]
        configuration = Configuration(embedders={"new": "st:new"}, prices=prices or {})
        costs = costs_of(configuration, store, {"new": own})["new"]
        return Candidate("new", costs, own, [one.suite for one in own], partial(run_command, "new", spelled={}))

    return made


def answer(text: str, of: Candidate) -> tuple[str, float | None, str]:
    """What a budget says."""
    ruling: Ruling = held_against(budget(text), of)
    assert (ruling.embedder, ruling.reference) == ("new", "")
    return ruling.answer, ruling.value, ruling.words


def test_latency_is_that_of_queries_or_of_rerankings(candidate: Candidates) -> None:
    """In the unit of the budget, at each percentile."""
    queries = candidate(
        run(),
        profile(
            Finding("query_latency", 90.0, "ms: 95 % of 200 queries took no longer", "p95"),
            Finding("query_latency", 20.0, "ms: half of them", "p50"),
        ),
    )
    assert answer("latency p95 <= 80 ms", queries) == (
        "regression", 90.0, "latency p95 is 90 ms (95 % of 200 queries took no longer)",
    )  # fmt: skip
    assert answer("latency p50 <= 80 ms", queries)[:2] == ("pass", 20.0)
    assert answer("latency p99 <= 80 ms", queries)[0] == "incomparable"


def test_a_ranker_has_the_latency_of_its_rerankings(candidate: Candidates) -> None:
    """Where it answers no single query."""
    reranking = candidate(run(), profile(Finding("rerank_latency", 90.0, "ms: so it is", "p95")))
    assert answer("latency p95 <= 0.1 s", reranking) == ("pass", 0.09, "latency p95 is 0.09 s (so it is)")


def test_what_a_profile_could_not_measure_is_not_known(candidate: Candidates) -> None:
    """With its reason; what no profile has, with the command; a dimension, from the bytes of a stored vector."""
    vague = candidate(run(), profile(Finding("dimension", None, "not applicable")))
    assert answer("dimension <= 512", vague) == ("incomparable", None, "dimension is not known (it makes no vectors)")
    assert answer("memory <= 2 GB", vague)[2] == "memory is not known (the profile does not tell)"


def test_without_a_profile_the_command_is_said(candidate: Candidates) -> None:
    """But a dimension is known from the bytes of a stored vector."""
    bare = candidate(replace(run(), vector_bytes=1024))
    assert answer("memory <= 2 GB", bare)[::2] == (
        "incomparable", "memory is not known (not measured: harness profile -e new)",
    )  # fmt: skip
    assert answer("latency p50 <= 2 ms", bare)[2] == "latency p50 is not known (not measured: harness profile -e new)"
    assert answer("dimension <= 256", bare) == ("pass", 256.0, "dimension is 256")


def test_a_profile_of_another_embedder_under_the_label_does_not_count(candidate: Candidates) -> None:
    """What was measured before the model was replaced says nothing about the one that is judged."""
    old = profile(Finding("dimension", 4096.0, "numbers: of a vector"), identity=Identity("st", "old", "1"), day=5)
    new = profile(Finding("dimension", 256.0, "numbers: of a vector"))
    assert answer("dimension <= 512", candidate(run(), old, new))[:2] == ("pass", 256.0)


@pytest.mark.parametrize(
    ("text", "said", "words"),
    [
        ("cost per million <= 0.1", "pass", "a million tokens cost 0.02 USD"),
        ("cost per million <= 0.01 USD", "regression", "a million tokens cost 0.02 USD"),
        ("cost per million <= 1 CNY", "incomparable", "its price is in USD, the budget in CNY"),
    ],
)
def test_the_price_of_a_profile(candidate: Candidates, text: str, said: str, words: str) -> None:
    """In its own currency: none is turned into another."""
    found = answer(text, candidate(run(), profile(Finding("token_price", 0.02, "USD: for 1M tokens"))))
    assert (found[0], found[2]) == (said, words)


def test_the_list_of_prices_tells_what_a_profile_does_not(
    candidate: Candidates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With or without a profile of a service; who has no price is not free."""
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    served = replace(
        run("zh/a", spec="openai:mine?base_url=https://example.org/v1"), identity=Identity("openai", "mine", "1")
    )
    unpriced = (Finding("data_leaves_machine", 1.0, "yes/no: so"), Finding("token_price", None, "no price is known"))
    prices = {"mine": (0.5, "CNY")}
    assert answer("cost per million <= 0.6 CNY", candidate(served, prices=prices))[:2] == ("pass", 0.5)
    assert answer("cost per million <= 0.6 CNY", candidate(served))[2].startswith("its price is not known: write it")
    late = candidate(served, profile(*unpriced, identity=Identity("openai", "mine", "1")), prices=prices)
    assert answer("cost per million <= 0.6 CNY", late)[:2] == ("pass", 0.5)


def test_who_runs_here_is_free(candidate: Candidates) -> None:
    """Also before its first run, by what harness.toml calls so."""
    assert answer("cost per million <= 0", candidate(run()))[:2] == ("pass", 0.0)
    assert answer("cost per million <= 0", candidate())[:2] == ("pass", 0.0)


def test_the_suite_that_loses_most_texts_counts(candidate: Candidates) -> None:
    """A share, against per cent, in the words of its finding; of several models in one, the one that cuts most."""
    a = run(
        "zh/a", Finding("cut_texts", 0.03, "estimated: 3 % of the texts", "other"), Finding("cut_texts", 0.02, "2 %")
    )
    b = run("zh/b", Finding("cut_texts", 0.0, "no text is longer than what the model reads"))
    assert answer("cut texts <= 1 %", candidate(b)) == (
        "pass", 0.0, "zh/b: no text is longer than what the model reads",
    )  # fmt: skip
    assert answer("cut texts <= 1 %", candidate(a, b)) == (
        "regression", 3.0, "zh/a, the worst of 2 suites: other: estimated: 3 % of the texts",
    )  # fmt: skip


def test_a_suite_whose_texts_are_not_read_has_none_that_are_cut(candidate: Candidates) -> None:
    """Where the candidate does not apply; if it applies nowhere, nothing was measured."""
    unread = replace(run("zh/c"), status="not_applicable", reason="no vectors", id="c")
    known = run("zh/b", Finding("cut_texts", 0.0, "none"))
    assert answer("cut texts <= 1 %", candidate(known, unread)) == ("pass", 0.0, "zh/b: none")
    assert answer("cut texts <= 1 %", candidate(unread))[0] == "incomparable"


def test_a_suite_whose_run_failed_is_not_measured(candidate: Candidates) -> None:
    """Although it was another one that was run last."""
    broken = replace(run("zh/a"), status="failed", reason="no", id="a", started_at="2025-01-01T00:00:00+00:00")
    known = run("zh/b", Finding("cut_texts", 0.0, "none"))
    said, value, words = answer("cut texts <= 1 %", candidate(broken, known))
    assert (said, value) == ("incomparable", None)
    assert words == (
        "how many texts are cut is not known of zh/a: no results there. Make some with: harness run -s zh/a -e new"
    )


def test_a_suite_of_which_nobody_knows_makes_the_share_unknown(candidate: Candidates) -> None:
    """It may be the one that loses most: a run tells, unless the embedder itself does not."""
    known = candidate(run("zh/b", Finding("cut_texts", 0.0, "none")))
    said, value, words = answer("cut texts <= 1 %", replace(known, suites=["zh/a", "zh/b"]))
    assert (said, value) == ("incomparable", None)
    assert words == (
        "how many texts are cut is not known of zh/a: no results there. Make some with: harness run -s zh/a -e new"
    )
    silent = answer("cut texts <= 1 %", candidate(run("zh/a")))
    assert silent[:2] == ("incomparable", None)
    assert silent[2] == (
        "how many texts are cut is not known of zh/a: this budget cannot be measured for new, which does not say how "
        'it takes texts apart, or where it ends. Take "cut texts …" out of [gate] budgets, or judge an embedder that '
        "does"
    )
