"""Stored vectors of one side: what comes back is what was written, and a file that is none says so."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pytest

from harness.diagnostics.parity.observation import Observation, Reach, Side, Steadiness
from harness.diagnostics.parity.probes import ALONE, SHORT, TEXTS
from harness.errors import StoreError, UsageError
from harness.store.canaries import check_place, read_canary, write_canary

if TYPE_CHECKING:
    from pathlib import Path

    from harness.diagnostics.parity.observation import Key
    from harness.model import Vectors


def seen() -> Observation:
    """A side of two dimensions that gives no vector for an empty query."""
    generator = np.random.default_rng(0)
    vectors: dict[Key, Vectors | str] = {
        (way, TEXTS[name]): generator.standard_normal(2).astype(np.float32)
        for way, names in (("document", TEXTS), ("query", SHORT), ("alone", ALONE))
        for name in names
    }
    vectors["query", ""] = '400: it\'s "empty"'
    side = Side("st:模型", "abc", {"python": "3", "packages": {"embedding-harness": "0.1.0", "torch": "2"}})
    reach = {"en": Reach(250, 256), "zh": Reach(8192, None)}
    return Observation(side, vectors, Steadiness(1.0, 0.98, None, "code"), reach)


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    """Vectors bit for bit, reasons, and everything that was measured; dated, with the version that wrote it."""
    write_canary(tmp_path / "it's.parquet", seen())
    found = read_canary(tmp_path / "it's.parquet")
    assert (found.observation.side, found.observation.steadiness, found.observation.reach) == (
        seen().side,
        seen().steadiness,
        seen().reach,
    )
    assert found.observation.vectors.keys() == seen().vectors.keys()
    for key, row in seen().vectors.items():
        assert np.array_equal(found.observation.vectors[key], row)
    assert found.written_at.endswith("+00:00")
    assert found.harness == "0.1.0"
    assert [path.name for path in tmp_path.iterdir()] == ["it's.parquet"]


def test_any_tool_can_read_it(tmp_path: Path) -> None:
    """It is a plain table: way, name and text of a probe, its vector, or the reason why there is none."""
    write_canary(tmp_path / "c.parquet", seen())
    table = duckdb.read_parquet(str(tmp_path / "c.parquet"))
    document, asked = table.filter("text = ''").order("way").project("way, probe, vector, reason").fetchall()
    assert (document[:2], document[3]) == (("document", "empty"), "")
    assert asked == ("query", "empty", None, '400: it\'s "empty"')


def test_nothing_is_replaced(tmp_path: Path) -> None:
    """What is there stays, and a folder that is missing is named, before anything is embedded."""
    (tmp_path / "c.parquet").write_text("mine")
    with pytest.raises(UsageError, match="is there already: move it away"):
        check_place(tmp_path / "c.parquet")
    with pytest.raises(UsageError, match="there is no folder"):
        check_place(tmp_path / "nowhere" / "c.parquet")
    check_place(tmp_path / "d.parquet")
    with pytest.raises(StoreError, match="cannot be written"):
        write_canary(tmp_path / "nowhere" / "c.parquet", seen())


def copied(tmp_path: Path, select: str, facts: str = "") -> Path:
    """A sound file rewritten with another query, or with other metadata."""
    sound, faulty = tmp_path / "sound.parquet", tmp_path / "faulty.parquet"
    write_canary(sound, seen())
    with duckdb.connect() as connection:
        ((own,),) = connection.execute("select value from parquet_kv_metadata(?)", [str(sound)]).fetchall()
        connection.read_parquet(str(sound)).create_view("sound")
        kept = (facts or bytes(own).decode()).replace("'", "''")
        options = f"(format parquet, kv_metadata {{harness_canary: '{kept}'}})"
        connection.execute(f"copy ({select}) to '{faulty}' {options}")
    return faulty


@pytest.mark.parametrize(
    ("select", "message"),
    [
        ("select way, text, vector, reason from sound", "has other columns (way VARCHAR, text VARCHAR"),
        ("select * replace (vector::double[] as vector) from sound", "has other columns"),
        ("select * from sound limit 0", "holds no vector"),
        ("select * from sound where way <> 'query'", "lacks 55 of the answers that this version compares"),
        ("select * replace (text || '!' as text) from sound", "was written by version 0.1.0, whose texts were others"),
        ("select * replace (if(probe = 'code', vector[:1], vector) as vector) from sound", "damaged"),
        ("select * replace (if(probe = 'code', null, vector) as vector) from sound", "neither a vector nor a reason"),
        ("select * replace (list_value('nan'::float, 0) as vector) from sound", "damaged"),
    ],
)
def test_a_faulty_file_says_what_is_wrong(tmp_path: Path, select: str, message: str) -> None:
    """And how to write a sound one."""
    with pytest.raises(UsageError) as raised:
        read_canary(copied(tmp_path, select))
    assert message in str(raised.value)
    assert "--save FILE" in str(raised.value)


def test_other_files_are_no_canaries(tmp_path: Path) -> None:
    """No file, no Parquet, no metadata, or those of another version."""
    (tmp_path / "text.parquet").write_text("hello, this is no Parquet file at all")
    duckdb.sql(f"copy (select 1 as a) to '{tmp_path}/plain.parquet'")
    faults = {
        tmp_path / "none.parquet": "there is no file",
        tmp_path / "text.parquet": "is no Parquet file that can be read",
        tmp_path / "plain.parquet": "is a Parquet file, but holds no vectors of a side",
        copied(tmp_path, "from sound", json.dumps({"version": 0})): "was written by another version of the harness",
        tmp_path: "there is no file",
    }
    for file, message in faults.items():
        with pytest.raises(UsageError, match=message):
            read_canary(file)


@pytest.mark.parametrize(
    "change",
    [
        "garbage",
        '{"version": NaN}',
        "[]",
        {"version": True},
        {"side": None},
        {"side": {"identity": "x"}},
        {"side": {"identity": "x", "revision": "1", "environment": {}, "more": 1}},
        {"steadiness": {"again": "1", "alone": 1, "reordered": 1}},
        {"reach": []},
        {"reach": {"en": {"known": "many", "end": None}}},
        {"reach": {"en": {"known": True, "end": None}}},
        {"written_at": 1},
    ],
)
def test_damaged_metadata_are_no_difference(tmp_path: Path, change: str | dict[str, object]) -> None:
    """Whatever stands there: they are refused with advice, and nothing is compared."""
    sound = {
        "version": 1,
        "side": asdict(seen().side),
        "steadiness": asdict(seen().steadiness),
        "reach": {"en": asdict(Reach(1, 2))},
        "written_at": "2026-01-01",
    }
    assert read_canary(copied(tmp_path, "from sound", json.dumps(sound))).observation.reach == {"en": Reach(1, 2)}
    facts = change if isinstance(change, str) else json.dumps({**sound, **change})
    with pytest.raises(UsageError, match=r"(?s)(is damaged: its metadata|another version).*--save FILE"):
        read_canary(copied(tmp_path, "from sound", facts))


def test_metadata_without_a_field_are_damaged(tmp_path: Path) -> None:
    """As those of other versions are that did not know it."""
    with pytest.raises(UsageError, match="is damaged: its metadata"):
        read_canary(copied(tmp_path, "from sound", json.dumps({"version": 1})))
    with pytest.raises(UsageError, match="is damaged: its metadata"):
        read_canary(copied(tmp_path, "from sound", "{}"))


def test_a_file_may_lack_the_version_that_wrote_it(tmp_path: Path) -> None:
    """From a checkout that is not installed it is not known."""
    write_canary(tmp_path / "c.parquet", replace(seen(), side=Side("x", "1")))
    assert read_canary(tmp_path / "c.parquet").harness == ""
