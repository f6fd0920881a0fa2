"""The largest distance between vectors of the same text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.diagnostics.determinism import PROBES, Tried, determinism_findings

ROWS = np.array([[1, 0], [0, 2], [0, 0]], np.float32)
STEADY = Tried(ROWS, ROWS, ROWS, ROWS)


def test_a_steady_embedder_has_no_distance() -> None:
    """Zero vectors included, and whatever the length."""
    for tried in (STEADY, replace(STEADY, again=3 * ROWS)):
        findings = determinism_findings(tried)
        assert [one.value for one in findings] == [0.0, 0.0, 0.0]
        assert not any(one.warning for one in findings)


@pytest.mark.parametrize(
    ("way", "name"),
    [("again", "determinism_repeat"), ("alone", "determinism_batch"), ("reordered", "determinism_order")],
)
def test_each_way_is_told_apart(way: str, name: str) -> None:
    """(1, 1) instead of (1, 0) is a distance of 1 − 1/√2; a vector that vanishes is one of 1."""
    turned = np.array([[1, 1], [0, 2], [0, 0]], np.float32)
    found = {one.name: one for one in determinism_findings(replace(STEADY, **{way: turned}))}
    assert found[name].value == pytest.approx(1 - 0.5**0.5)
    assert [one.name for one in found.values() if one.warning] == [name]
    (vanished,) = (one for one in determinism_findings(replace(STEADY, **{way: 0 * ROWS})) if one.name == name)
    assert vanished.value == 1.0


def test_noise_is_no_warning() -> None:
    """The order of additions in float32 changes the sixth digit."""
    noisy = ROWS + np.float32(1e-4)
    assert not any(
        one.warning for one in determinism_findings(replace(STEADY, alone=noisy * (ROWS.any(axis=1))[:, None]))
    )


def test_probes_are_different_texts_of_many_kinds() -> None:
    """About ten, of one character to several hundred."""
    assert len(set(PROBES)) == len(PROBES) == 10
    assert min(map(len, PROBES)) == 1
    assert max(map(len, PROBES)) > 300
