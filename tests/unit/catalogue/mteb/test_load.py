"""A suite made of a task's data is kept, whole or not at all; what stands in its way is said, or costs time only."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue.mteb import load as module
from harness.catalogue.mteb.kinds.made import Made
from harness.catalogue.mteb.load import CONTENTS, is_whole, load_mteb
from harness.catalogue.mteb.sources import Loaded
from harness.errors import SuiteError
from harness.interop.mteb import door
from harness.model import ForeignSuite
from tests import mteb_registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.catalogue.mteb.place import MtebPlace

CHILD = """
import sys
from pathlib import Path
import pytest
from harness.catalogue.mteb import load
from tests.unit.catalogue.mteb import test_load as tests

write_suite = load.write_suite

def stop_half_way(*given):
    write_suite(*given)
    print("half", flush=True)
    input()

with pytest.MonkeyPatch.context() as patch:
    tests.stand_in(patch)
    patch.setattr(load, "write_suite", stop_half_way)
    print(load.load_mteb(tests.place_in(Path(sys.argv[1]))).fingerprint)
"""
"""A process that has written a suite's tables and no more, until it is sent a line."""
ROWS = [{"sentence1": f"采购 {n}", "sentence2": f"order {n}", "score": n} for n in range(5)]


def place_in(folder: Path) -> MtebPlace:
    """A task of sentence pairs, of which there is a newer version."""
    return mteb_registry.place(folder / "cache" / "T-1", mteb_registry.entry("T", superseded_by="T.v2"))


def stand_in(patch: pytest.MonkeyPatch) -> list[str]:
    """Data without mteb. A line for each time that they are read."""
    times: list[str] = []

    def load_task(place: MtebPlace) -> Loaded:
        times.append(place.name)
        return Loaded(SimpleNamespace(dataset={"test": [["a", 1]]}), ("from elsewhere",))

    patch.setattr(door, "version_of", lambda _: "2.26.0")
    patch.setattr(module, "load_task", load_task)
    patch.setattr(module, "converted", lambda *_: Made("similarity", {"pairs": ROWS}, ["spearman"]))
    return times


@pytest.fixture
def place(tmp_path: Path) -> MtebPlace:
    """See `place_in`."""
    return place_in(tmp_path)


@pytest.fixture(autouse=True)
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """See `stand_in`."""
    return stand_in(monkeypatch)


@pytest.fixture
def half_way(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """`half_way()`: a process that has read the data and written a part; `communicate("\\n")` lets it go on."""
    with ExitStack() as children:

        def start() -> subprocess.Popen[str]:
            command = [sys.executable, "-c", CHILD, str(tmp_path)]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            child = children.enter_context(subprocess.Popen(command, cwd=Path(__file__).parents[4], text=True, **pipes))
            children.callback(child.kill)
            assert child.stdout is not None
            assert child.stdout.readline() == "half\n"
            return child

        yield start


def test_the_data_are_read_once(place: MtebPlace, read: list[str]) -> None:
    """The second time the suite is there, the same one; where its data are from and what is newer is noted."""
    first, second = load_mteb(place), load_mteb(place)
    assert len(read) == 1
    assert first.fingerprint == second.fingerprint
    assert first.folder == second.folder == str(place.folder)
    assert first.notes == second.notes == ("from elsewhere", "mteb has a newer version of T: mteb:T.v2")


def test_what_mteb_judges(place: MtebPlace, monkeypatch: pytest.MonkeyPatch, read: list[str]) -> None:
    """A task of no kind of ours is kept, too: a digest of its rows, and the same notes."""
    monkeypatch.setattr(module, "converted", lambda *_: None)
    first, second = load_mteb(place), load_mteb(place)
    assert isinstance(first, ForeignSuite)
    assert first == second
    assert len(read) == 1
    assert first.notes[0] == "from elsewhere"


@pytest.mark.parametrize("damage", ["missing", "cut", "zeros", "contents", "not json", "empty"])
def test_a_damaged_folder(place: MtebPlace, read: list[str], damage: str) -> None:
    """It is made anew, whatever is missing in it."""
    before = load_mteb(place).fingerprint
    table, contents = place.folder / "pairs.jsonl", place.folder / CONTENTS
    if damage == "missing":
        table.unlink()
    elif damage == "cut":
        os.truncate(table, 10)
    elif damage == "zeros":  # as after a power failure
        table.write_bytes(bytes(table.stat().st_size))
    elif damage == "contents":
        contents.unlink()
    elif damage == "not json":
        contents.write_text("[", encoding="utf-8")
    else:
        shutil.rmtree(place.folder)
        place.folder.mkdir()
    assert load_mteb(place).fingerprint == before
    assert is_whole(place.folder)
    assert len(read) == 2


@pytest.mark.parametrize("content", ["\0", "{}"])
def test_a_damaged_file_of_what_mteb_judges(place: MtebPlace, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    """It is made anew, too, though it has the size that it should have."""
    monkeypatch.setattr(module, "converted", lambda *_: None)
    before, file = load_mteb(place), place.folder / "foreign.json"
    file.write_text(content.ljust(file.stat().st_size, content if content == "\0" else " "), encoding="utf-8")
    assert is_whole(place.folder)
    assert load_mteb(place) == before
    assert load_mteb(place) == before


def test_others_may_read_what_is_kept(place: MtebPlace) -> None:
    """Whoever may read what others write there: a cache may be shared."""
    load_mteb(place)
    assert place.folder.stat().st_mode == place.folder.parent.stat().st_mode


def test_threads_that_load_at_once(place: MtebPlace) -> None:
    """All get the suite, and one folder is left."""
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(load_mteb, [place] * 4))
    assert len({suite.fingerprint for suite in found}) == 1
    assert [folder.name for folder in place.folder.parent.iterdir()] == ["T-1"]


def test_processes_that_load_at_once(place: MtebPlace, half_way: Callable[[], subprocess.Popen[str]]) -> None:
    """Both have begun before either ends: both get the suite, and one folder is left."""
    children = [half_way(), half_way()]
    found = [child.communicate("\n", timeout=30)[0].strip() for child in children]
    assert [child.returncode for child in children] == [0, 0]
    assert found == [load_mteb(place).fingerprint] * 2
    assert [folder.name for folder in place.folder.parent.iterdir()] == ["T-1"]


def test_a_process_that_is_killed_half_way(
    place: MtebPlace, read: list[str], half_way: Callable[[], subprocess.Popen[str]]
) -> None:
    """What it has written is taken for no suite; the next one makes it anew."""
    child = half_way()
    child.kill()
    child.wait(timeout=30)
    (left,) = place.folder.parent.iterdir()
    assert (left / "pairs.jsonl").is_file()
    load_mteb(place)
    assert len(read) == 1
    assert is_whole(place.folder)


def test_what_fails_leaves_nothing(place: MtebPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are no suite are an error each time; no folder is taken for one."""
    monkeypatch.setattr(module, "converted", lambda *_: Made("similarity", {"pairs": [{"x": 1}]}, ["spearman"]))
    for _ in range(2):
        with pytest.raises(SuiteError, match="sentence1"):
            load_mteb(place)
    assert list(place.folder.parent.iterdir()) == []


def test_what_a_killed_process_left(place: MtebPlace) -> None:
    """A folder that nobody has written to for a day goes; one that is being written stays."""
    home = place.folder.parent
    home.mkdir(parents=True)
    for name, age in ((".half-old", 90_000.0), (".half-new", 60.0)):
        (home / name).mkdir()
        (home / name / "pairs.jsonl").touch()
        for path in (home / name / "pairs.jsonl", home / name):
            os.utime(path, (time.time() - age,) * 2)
    load_mteb(place)
    assert sorted(folder.name for folder in home.iterdir()) == [".half-new", "T-1"]


def test_a_cache_that_cannot_be_written(place: MtebPlace, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite is made in a temporary folder, each time anew; nothing of it stays there."""
    place.folder.parent.parent.mkdir(parents=True, exist_ok=True)
    place.folder.parent.write_text("a file", encoding="utf-8")
    aside = place.folder.parent.parent / "aside"
    aside.mkdir()
    monkeypatch.setattr(module.tempfile, "tempdir", str(aside))
    assert load_mteb(place).fingerprint == load_mteb(place).fingerprint
    assert len(read) == 2
    assert list(aside.iterdir()) == []


def test_a_full_disk(place: MtebPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the folder and what to do; nothing is left in it."""

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "write_suite", full)
    with pytest.raises(SuiteError, match=r"No space left on device.*EMBEDDING_HARNESS_CACHE"):
        load_mteb(place)
    assert list(place.folder.parent.iterdir()) == []


def test_a_folder_lists_its_files(place: MtebPlace) -> None:
    """The list names all others with their sizes."""
    load_mteb(place)
    files = {file.name: file.stat().st_size for file in place.folder.iterdir()}
    own = files.pop(CONTENTS)
    assert own
    assert json.loads((place.folder / CONTENTS).read_text(encoding="utf-8")) == files
