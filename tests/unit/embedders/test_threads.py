"""How many threads an embedder uses."""

from __future__ import annotations

import os

import pytest

from harness.embedders.threads import limit_tokenizers, thread_count


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """OMP_NUM_THREADS is what the user asked for."""
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert thread_count() == 3


@pytest.mark.parametrize("written", ["", "0", "-2", "4,2"])
def test_what_is_no_number_of_threads_is_passed_over(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    """Half of the processors are used, but at least one."""
    monkeypatch.setenv("OMP_NUM_THREADS", written)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3, 4}, raising=False)
    assert thread_count() == 2


def test_one_processor_is_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of one is rounded up."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert thread_count() == 1


@pytest.mark.parametrize(("said", "expected"), [(None, "3"), ("1", "1")])
def test_tokenizers_use_as_many_threads_unless_told(
    monkeypatch: pytest.MonkeyPatch, said: str | None, expected: str
) -> None:
    """Left alone they start one for every processor; what the user says about them alone is respected."""
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setenv("RAYON_NUM_THREADS", said or "")
    if said is None:
        monkeypatch.delenv("RAYON_NUM_THREADS")
    limit_tokenizers()
    assert os.environ["RAYON_NUM_THREADS"] == expected
