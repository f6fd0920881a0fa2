"""What mteb knows is read once per version, and kept so that one task can be taken out quickly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.catalogue.mteb import registry
from harness.catalogue.mteb.registry import Member, Registry, kept_registry, read_registry
from harness.interop.mteb import door
from tests.mteb_registry import entry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENTRY = entry("T", languages={"zh": ["zho-Hans"], "en": ["eng-Latn"]}, members=[])  # JSON has lists
KNOWN = Registry(
    "2.26", {"T": ENTRY}, {"B, 中文": [Member("T", ["zh"], ["test"])]}, {"m/n": ["T"]}, {"old\u2028B": "B, 中文"}
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A line for each time that mteb itself is asked."""
    times: list[str] = []
    monkeypatch.setattr(door, "version_of", lambda _: "2.26")
    monkeypatch.setattr(registry, "_from_mteb", lambda: times.append(door.version()) or KNOWN)
    return times


def test_mteb_is_asked_once(tmp_path: Path, asked: list[str]) -> None:
    """The second time all of it comes from the cache, equal to what mteb said."""
    first, second = read_registry(tmp_path), read_registry(tmp_path)
    assert asked == ["2.26"]
    assert first is KNOWN
    assert second.version == "2.26"
    for name in ("tasks", "benchmarks", "trained_on", "aliases"):
        assert dict(getattr(second, name)) == dict(getattr(KNOWN, name))
    assert "T" in second.tasks
    assert "t" not in second.tasks
    assert len(second.tasks) == 1
    assert second.tasks["T"].subsets == ("zh", "en")


def test_another_version_is_asked_anew(tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer mteb is asked anew, and the older one's answer is still there."""
    read_registry(tmp_path)
    monkeypatch.setattr(door, "version_of", lambda _: "2.27")
    read_registry(tmp_path)
    assert asked == ["2.26", "2.27"]
    assert len(list((tmp_path / "mteb").iterdir())) == 2


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: text[:-10], id="cut off"),
        pytest.param(lambda text: text.replace("zho", "xho"), id="changed"),
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda _: "{}\n", id="something else"),
    ],
)
def test_damage_is_made_anew(tmp_path: Path, asked: list[str], damage: Callable[[str], str]) -> None:
    """What is not as it was written is made anew."""
    read_registry(tmp_path)
    (file,) = (tmp_path / "mteb").iterdir()
    file.write_text(damage(file.read_text(encoding="utf-8")), encoding="utf-8")
    assert dict(read_registry(tmp_path).tasks) == {"T": ENTRY}
    read_registry(tmp_path)
    assert asked == ["2.26", "2.26"]


def test_bytes_that_are_no_text(tmp_path: Path, asked: list[str]) -> None:
    """Bytes that are no text are damage, too."""
    read_registry(tmp_path)
    (file,) = (tmp_path / "mteb").iterdir()
    file.write_bytes(b"\xff\xfe\n")
    assert dict(read_registry(tmp_path).tasks) == {"T": ENTRY}
    assert len(asked) == 2


def test_a_cache_that_cannot_be_written(tmp_path: Path, asked: list[str]) -> None:
    """It costs the time of asking mteb, and nothing else."""
    (tmp_path / "mteb").touch()  # a file where there should be a folder
    assert read_registry(tmp_path) is KNOWN
    assert read_registry(tmp_path) is KNOWN
    assert len(asked) == 2


@pytest.mark.usefixtures("asked")
def test_what_was_kept_last_needs_no_mteb(tmp_path: Path) -> None:
    """It can be had without mteb; where there is none, there is None."""
    assert kept_registry(tmp_path) is None
    read_registry(tmp_path)
    kept = kept_registry(tmp_path)
    assert kept is not None
    assert (kept.version, dict(kept.tasks)) == ("2.26", {"T": ENTRY})


@pytest.mark.real("mteb")
def test_the_real_mteb_is_read(tmp_path: Path) -> None:
    """All of mteb's tasks, hidden and superseded ones too, its benchmarks by any name, and who was trained on what."""
    made = read_registry(tmp_path)
    read = read_registry(tmp_path)
    assert dict(read.tasks) == dict(made.tasks)
    assert len(read.tasks) > 2000
    assert read.tasks["STSBenchmark"].superseded_by == "STSBenchmark.v2"
    assert sum(entry.hidden for entry in read.tasks.values()) > 100
    assert len(read.tasks["CQADupstackRetrieval"].members) == 12
    assert read.tasks["STS22"].languages["zh"] == ["cmn-Hans"]
    assert read.aliases["CMTEB"] == "MTEB(cmn, v1)"
    europe = {member.task: member for member in read.benchmarks["MTEB(Europe, v1)"]}
    assert 0 < len(europe["FloresBitextMining"].subsets) < len(read.tasks["FloresBitextMining"].subsets)
    assert "MSMARCO" in read.trained_on["intfloat/multilingual-e5-small"]
