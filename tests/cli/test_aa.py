"""harness aa: the same embedder against itself."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness import plugins
from harness.model import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from harness.model import Spec

OPENED: Iterator[int] = count()


class Shaky:
    """`shaky:0.1` adds noise of that size, another one every time it is opened."""

    def __init__(self, spec: Spec) -> None:
        self.identity = Identity("shaky", spec.name, "1")
        self._size = float(spec.name)
        self._random = np.random.default_rng(next(OPENED))

    def embed(self, texts: Sequence[str], role: str) -> Any:
        """Letters, and noise."""
        del role
        vectors = np.zeros((len(texts), 64), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for character in text:
                row[ord(character) % 64] += 1
        return vectors + self._random.normal(0, self._size, vectors.shape).astype(np.float32)


@pytest.fixture(autouse=True)
def shaky(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The backend `shaky:`, in a folder of its own."""
    monkeypatch.setitem(plugins.BUILTIN["embedders"], "shaky", f"{__name__}:Shaky")
    monkeypatch.chdir(tmp_path)


def rows(result: Any) -> list[dict[str, Any]]:
    """What was printed."""
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_a_steady_embedder_has_no_noise(harness: Callable[..., Any]) -> None:
    """0 everywhere, exit code 0; the noise is recorded, the runs are not, and nothing comes from the cache."""
    result = harness("aa", "-s", "en/similarity", "-e", "baseline:hashing", "--runs", "3", "--format", "json")
    found = rows(result)
    assert result.code == 0
    assert [row["metric"] for row in found] == ["spearman", "pearson"]
    for row in found:
        assert {row[name] for name in ("largest", "spread", "changed", "flips", "least_margin")} == {0}
        assert (row["runs"], row["pairs"], row["items"]) == (3, 3, 174)
    assert [row["gate"] for row in found] == ["primary", ""]
    assert result.stderr.count("348 texts embedded") == 3
    assert "primary gates did not pass in 0 of 3 comparisons" in result.stderr
    kept = harness("sql", "select metric, runs, largest from noise order by metric", "--format", "csv").stdout
    assert kept.splitlines()[1:] == ["pearson,3,0.0", "spearman,3,0.0"]
    assert harness("sql", "select count(*) from run", "--format", "csv").stdout.split()[1] == "0"


def test_a_noisy_embedder_flips_the_gate(harness: Callable[..., Any]) -> None:
    """Exit code 1, with the margin that would be clear of the noise: three times the largest difference."""
    result = harness("aa", "-s", "en/similarity", "-e", "shaky:2", "--runs", "3", "--format", "json")
    headline = rows(result)[0]
    assert result.code == 1
    assert headline["flips"] > 0
    assert headline["largest"] > 0
    assert headline["changed"] > 0
    assert headline["least_margin"] == pytest.approx(3 * headline["largest"])
    assert headline["spread"] <= headline["largest"]


def test_a_little_noise_does_not_flip_the_gate(harness: Callable[..., Any]) -> None:
    """Below what six decimals hold there is none at all; a little more moves items, and no verdict."""
    code = harness("aa", "-s", "en/similarity", "-e", "shaky:1e-9", "--runs", "2", "--margin", "0.05").code
    assert code == 0
    result = harness(
        "aa", "-s", "en/similarity", "-e", "shaky:0.01", "--runs", "3", "--margin", "0.1", "--format", "json"
    )
    headline = rows(result)[0]
    assert (result.code, headline["flips"], headline["margin"]) == (0, 0, 0.1)
    assert headline["changed"] > 0


def test_the_margins_are_those_of_the_gate(harness: Callable[..., Any], tmp_path: Path) -> None:
    """Of harness.toml, with the role; an advisory gate that flips is shown, and no failure."""
    (tmp_path / "harness.toml").write_text(
        '[[gate.quality]]\nsuite = "en/similarity"\nmetric = "pearson"\nmargin = 0.03\nrole = "advisory"\n', "utf-8"
    )
    result = harness("aa", "-s", "en/similarity", "-e", "shaky:2", "--runs", "2", "--format", "json")
    assert [(row["metric"], row["gate"], row["margin"]) for row in rows(result)] == [
        ("spearman", "", 0.02),
        ("pearson", "advisory", 0.03),
    ]
    assert rows(result)[1]["flips"] == 1
    assert result.code == 0


def test_a_suite_without_a_gate_decides_nothing(harness: Callable[..., Any], tmp_path: Path) -> None:
    """Where gates are configured, and none is on it, its noise is measured and recorded, and no more."""
    (tmp_path / "harness.toml").write_text('[[gate.quality]]\nsuite = "en/terms"\n', "utf-8")
    result = harness("aa", "-s", "en/similarity", "-e", "shaky:2", "--runs", "3", "--format", "json")
    assert result.code == 0
    assert rows(result)[0]["flips"] > 0
    assert {row["gate"] for row in rows(result)} == {""}
    assert "no primary gate is on these suites" in result.stderr


def test_the_gate_knows_of_the_noise(harness: Callable[..., Any]) -> None:
    """A margin that is within the noise is told when the gate is read."""
    assert harness("aa", "-s", "en/similarity", "-e", "shaky:2", "--runs", "3").code == 1
    assert harness("run", "-s", "en/similarity", "-e", "shaky:2").code == 0
    assert harness("baseline", "save", "main").code == 0
    err = harness("gate", "--baseline", "main", "--check").stderr
    assert "3 runs of one embedder differed by up to" in err
    assert "or noise decides" in err


def test_the_noise_of_another_embedder_under_the_same_name_does_not_count(
    harness: Callable[..., Any], tmp_path: Path
) -> None:
    """It is said, until it is measured anew, under whatever name."""
    file = tmp_path / "harness.toml"
    file.write_text('suites = ["en/similarity"]\n[embedders]\nours = "shaky:2"\n', "utf-8")
    assert harness("aa", "-e", "ours", "--runs", "3").code == 1
    file.write_text('suites = ["en/similarity"]\n[embedders]\nours = "shaky:1"\n', "utf-8")
    assert harness("run", "-e", "ours").code == 0
    assert harness("baseline", "save", "main").code == 0
    told = "the noise that was measured under the name ours is that of another embedder, and does not count. Measure it"
    for command in (("gate", "--baseline", "main", "--check"), ("gate", "--baseline", "main", "--format", "json")):
        err = harness(*command).stderr
        assert told in err
        assert "or noise decides" not in err
    assert harness("aa", "-e", "shaky:1", "--runs", "3").code == 1
    err = harness("gate", "--baseline", "main", "--check").stderr
    assert "or noise decides" in err
    assert told not in err


def test_people_get_a_table(harness: Callable[..., Any]) -> None:
    """With whose it is only where there are several."""
    one = harness("aa", "-s", "en/similarity", "-e", "baseline:hashing", "--runs", "2", "--format", "markdown").stdout
    assert one.splitlines()[0] == (
        "| suite | metric | score | largest Δ | spread | changed | gate | margin | flips | margin from |"
    )
    assert one.splitlines()[2] == "| en/similarity | spearman | 0.1202 | 0 | 0 | 0/174 | primary | 0.02 | 0/1 | 0 |"
    arguments = ("-e", "baseline:hashing", "-e", "baseline:random", "--runs", "2", "--format", "markdown")
    assert "embedder" in harness("aa", "-s", "en/similarity", *arguments).stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("-s", "en/similarity"), 3, "no embedders (-e) to run"),
        (("-s", "en/similarity", "-e", "static:nowhere"), 4, "nowhere"),
        (("-s", "nowhere", "-e", "baseline:random"), 3, "nowhere"),
        (("-s", "en/similarity", "-e", "baseline:random", "--runs", "1"), 3, "1 is not in the range"),
        (("-s", "en/similarity", "-e", "baseline:random", "--margin", "0"), 3, "0.0 is not in the range"),
        (("-s", "en/similarity", "-e", "openai:x?base_url=http://example.org/v1"), 3, "example.org"),
    ],
)
def test_what_cannot_be_repeated(
    harness: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, message: str
) -> None:
    """Refused as `harness run` refuses it: nothing is sent without leave."""
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    result = harness("aa", *arguments)
    assert result.code == code
    assert message in result.stderr


def test_a_ranker_that_does_not_apply_has_no_lines(harness: Callable[..., Any]) -> None:
    """What was asked for by name and not measured is no pass."""
    result = harness("aa", "-s", "en/similarity", "-e", "bm25:", "--runs", "2", "--format", "json")
    assert (result.code, rows(result)) == (3, [])
    assert "nothing was measured on en/similarity: it does not apply to bm25:" in result.stderr


def test_suites_without_a_gate_are_named_beside_others(harness: Callable[..., Any], tmp_path: Path) -> None:
    """What the answer is about is said."""
    (tmp_path / "harness.toml").write_text('[[gate.quality]]\nsuite = "en/similarity"\n', "utf-8")
    result = harness("aa", "-s", "en/similarity", "-s", "zh/similarity", "-e", "baseline:hashing", "--runs", "2")
    assert result.code == 0
    assert "; no primary gate is on zh/similarity, whose noise decides nothing" in result.stderr
