"""harness parity: verdict, exit code, and the same facts in every layout."""

from __future__ import annotations

import csv
import io
import json
import os
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LONGEST = ("--longest", "64")


def test_the_same_model_is_the_same(harness: Callable[..., Any]) -> None:
    """Exit code 0, one sentence and both sides beside each other; nothing is said of texts that differ."""
    code, out, err = harness("parity", "baseline:hashing", "baseline:hashing", *LONGEST)
    assert (code, err) == (0, "")
    assert out.startswith("same: the cosine of every text's two vectors is 1 or more (asked: 0.999)\n")
    assert "│ dimension " in out
    assert "worst texts" not in out


def test_a_difference_has_a_name(harness: Callable[..., Any]) -> None:
    """Exit code 1, the cause with what was seen and what to do, and the texts that differ most, all lines fitting."""
    from rich.cells import cell_len

    code, out, _ = harness("parity", "baseline:hashing", "baseline:hashing?dimensions=512", *LONGEST)
    assert code == 1
    assert out.startswith("different: B is A cut to its leading 512 of 1024 dimensions\n")
    assert "fewer dimensions  B is A cut" in out
    assert "→ ask both sides for the same number of dimensions" in out
    code, out, _ = harness("parity", "baseline:hashing", "baseline:random", *LONGEST)
    assert (code, out.partition("\n")[0]) == (1, "different: these are two models, not one")
    worst = out[out.index("worst texts") :].splitlines()[2:-1]
    assert len(worst) == 5
    assert len({cell_len(line) for line in worst}) == 1


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(
    harness: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """Chinese included."""
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", str(width))
    _, out, _ = harness("parity", "baseline:hashing", "baseline:random", *LONGEST)
    assert max(map(cell_len, out.splitlines())) <= width


def test_json_holds_everything(harness: Callable[..., Any]) -> None:
    """Verdict, causes, numbers, sides, and the cosine of every text in every role; csv has the texts."""
    asked = ("parity", "baseline:hashing", "baseline:random", *LONGEST)
    found = json.loads(harness(*asked, "--format", "json").stdout)
    assert (found["verdict"], found["same"], found["similarity"], found["min_cosine"]) == (
        "different",
        False,
        "cosine",
        0.999,
    )
    assert found["causes"][0]["name"] == "another model"
    assert set(found["causes"][0]) == {"name", "about", "decisive", "text", "evidence", "advice"}
    assert found["sides"]["A"]["identity"] == "baseline:hashing"
    assert found["sides"]["B"]["steadiness"]["again"] == pytest.approx(1)
    assert found["agreement"]["texts"] == len(found["texts"]) > 100
    assert found["agreement"]["min_cosine"] == found["texts"][0]["cosine"]
    rows = list(csv.DictReader(io.StringIO(harness(*asked, "--format", "csv").stdout)))
    assert [row["probe"] for row in rows] == [text["probe"] for text in found["texts"]]
    markdown = harness(*asked, "--format", "markdown").stdout
    assert "| another model | True | both |" in markdown


def test_a_stored_side_guards_a_build(harness: Callable[..., Any], tmp_path: Path) -> None:
    """--save stores and never replaces; --against passes for the same vectors and fails for others."""
    file = tmp_path / "canary.parquet"
    code, out, err = harness("parity", "baseline:hashing", "--save", file, *LONGEST)
    assert (code, out) == (0, "")
    assert err == f"stored what baseline:hashing answers to 252 texts in {file}\n"
    again = harness("parity", "baseline:hashing", "--save", file, *LONGEST)
    assert (again.code, "is there already" in again.stderr) == (3, True)
    code, out, _ = harness("parity", "baseline:hashing", "--against", file, *LONGEST)
    assert code == 0
    assert "│ canary.parquet" in out
    assert "│ stored" in out
    assert harness("parity", "baseline:random", "--against", file, *LONGEST).code == 1


@pytest.mark.parametrize("value", ["nan", "1.5", "-1", "much"])
def test_numbers_are_within_bounds(harness: Callable[..., Any], value: str) -> None:
    """NaN is no bound: below it nothing is."""
    result = harness("parity", "baseline:hashing", "baseline:random", *LONGEST, "--min-cosine", value)
    assert (result.code, result.stdout) == (3, "")
    assert "--min-cosine" in result.stderr
    assert harness("parity", "baseline:hashing", "baseline:random", "--patience", "inf").code == 3


def test_threads_of_the_configuration_count(harness: Callable[..., Any], tmp_path: Path) -> None:
    """As many as harness.toml says; what runs in a side is part of what it answers."""
    file = tmp_path / "harness.toml"
    file.write_text("threads = 3\n", "utf-8")
    assert harness("parity", "baseline:hashing", "baseline:hashing", "--config", file, *LONGEST).code == 0
    assert os.environ["OMP_NUM_THREADS"] == "3"


def test_what_cannot_be_compared_is_refused(harness: Callable[..., Any], tmp_path: Path) -> None:
    """With what is wrong and what to do: exit code 3, or 4 where an embedder cannot be had."""
    (tmp_path / "no.parquet").write_text("no")
    damaged = tmp_path / "damaged.parquet"
    duckdb.sql(f"copy (select 1 as a) to '{damaged}' (format parquet, kv_metadata {{harness_canary: 'garbage'}})")
    faults = {
        ("baseline:hashing",): (3, "name what to compare with: a second embedder"),
        ("baseline:hashing", "bm25:"): (3, "bm25: ranks documents without vectors"),
        ("baseline:hashing", "baseline:random", "--against", "x"): (3, "name what to compare with"),
        ("baseline:hashing", "--against", tmp_path / "no.parquet"): (3, "is no Parquet file that can be read"),
        ("baseline:hashing", "--against", damaged): (3, "is damaged: its metadata cannot be read"),
        ("baseline:hashing", "hashing"): (3, "'hashing' is neither a spec"),
        ("baseline:hashing", "st:./nowhere"): (4, ""),
    }
    for arguments, (code, message) in faults.items():
        result = harness("parity", *arguments)
        assert (result.code, result.stdout) == (code, "")
        assert message in result.stderr


def test_names_of_the_configuration_are_known(harness: Callable[..., Any], tmp_path: Path) -> None:
    """A and B may be names in harness.toml."""
    file = tmp_path / "harness.toml"
    file.write_text('[embedders]\none = "baseline:hashing"\nother = "baseline:hashing?precision=binary"\n', "utf-8")
    code, out, _ = harness("parity", "one", "other", "--config", file, *LONGEST)
    assert code == 1
    assert out.startswith("different: B's vectors are quantised: one bit per number\n")
