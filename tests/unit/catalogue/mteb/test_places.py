"""`mteb:NAME` stands for a suite per subset and split of each of its tasks, each with its own folder in the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.catalogue.mteb import places as module
from harness.catalogue.mteb.places import mteb_places
from harness.catalogue.mteb.registry import Member, Registry
from harness.errors import UsageError
from tests.mteb_registry import entry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.catalogue.mteb.place import MtebPlace


MANY = {"zh": ["zho-Hans"], "en": ["eng-Latn"], "zh-en": ["cmn-Hans", "eng-Latn"], "a&b": ["fra-Latn"]}
TASKS = (
    entry("One", path="org/one-data"),
    entry("Two", splits=["dev", "test"], path="org/two-data"),
    entry("Many", languages=MANY, path="org/many-data"),
    entry("Huge", languages={f"x{number}": ["eng-Latn"] for number in range(2001)}),
    entry("Whole", splits=["validation"], members=["One", "Two"]),
)
REGISTRY = Registry(
    "2.26.0",
    {one.name: one for one in TASKS},
    {
        "B(cmn, v1&v2)": [Member("One", [], ["test"]), Member("Many", ["zh", "zh-en"], ["test"])],
        "All": [Member("Whole", [], ["test"]), Member("Many", [], ["test"])],
    },
    aliases={"CB": "B(cmn, v1&v2)"},
)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """mteb has these tasks and no others."""
    monkeypatch.setattr(module, "read_registry", lambda _: REGISTRY)


@pytest.fixture
def find(tmp_path: Path) -> Callable[[str], list[MtebPlace]]:
    """The suites that a name stands for."""
    return lambda selected: mteb_places(selected, tmp_path / "cache")


@pytest.mark.parametrize(
    ("selected", "names"),
    [
        ("mteb:One", ["One"]),
        ("mteb:Two", ["Two?split=dev", "Two?split=test"]),
        ("mteb:Two?split=dev,train", ["Two?split=dev", "Two?split=train"]),
        ("mteb:Many?subset=zh,en", ["Many?subset=zh", "Many?subset=en"]),
        ("mteb:Many?subset=a%26b", ["Many?subset=a%26b"]),
        ("mteb:Many?language=zho", ["Many?subset=zh", "Many?subset=zh-en"]),
        ("mteb:Many?language=zh", ["Many?subset=zh", "Many?subset=zh-en"]),
        ("mteb:Many?language=ZHO", ["Many?subset=zh", "Many?subset=zh-en"]),
        ("mteb:Many?language=zho-hans", ["Many?subset=zh", "Many?subset=zh-en"]),
        ("mteb:Many?language=zho-hans,FR", ["Many?subset=zh", "Many?subset=zh-en", "Many?subset=a%26b"]),
        ("mteb:Many?language=fra-Latn", ["Many?subset=a%26b"]),
        ("mteb:Many?language=cmn&subset=zh,en", ["Many?subset=zh"]),
        ("mteb:One?protocol=mteb&rows=9&level=1", ["One?protocol=mteb&level=1&rows=9"]),
        ("mteb:B(cmn, v1&v2)", ["One", "Many?subset=zh", "Many?subset=zh-en"]),
        ("mteb:CB?subset=default", ["One"]),
        ("mteb:CB?language=zho", ["Many?subset=zh", "Many?subset=zh-en"]),
        ("mteb:Whole", ["One", "Two?split=dev", "Two?split=test"]),
        ("mteb:All?subset=en", ["Many?subset=en"]),
    ],
)
def test_what_a_name_stands_for(selected: str, names: list[str], find: Callable[[str], list[MtebPlace]]) -> None:
    """Subsets, splits and languages choose; a benchmark's tasks that have none of them are left out."""
    found = find(selected)
    assert [place.name.removeprefix("mteb:") for place in found] == names
    assert len({place.folder for place in found}) == len(found)
    assert [find(place.name)[0].folder for place in found] == [place.folder for place in found]


@pytest.mark.parametrize(
    ("selected", "message"),
    [
        ("mteb:one", "no task and no benchmark 'one'. Did you mean 'One'\\?"),
        ("mteb:Oen", "Did you mean 'One'"),
        ("mteb:b(CMN, v1&v2)", r"Did you mean 'B\(cmn, v1&v2\)'"),
        ("mteb:Many?subset=zh,xx", "mteb:Many has no subset 'xx'.*Known: zh, en, zh-en, a&b$"),
        ("mteb:Many?language=deu", "nothing of it is in 'deu'"),
        ("mteb:Many?language=zh-Hant", "nothing of it is in 'zh-Hant'"),
        ("mteb:CB?subset=xx", "nothing of it is in 'xx'"),
        ("mteb:Huge", r"2,001 subsets, as x0, x1, x2: name those you want, as in mteb:Huge\?subset=x0"),
        ("mteb:Huge?subset=y1", "Known: x0, x1, .* and 1981 more"),
        ("mteb:One?data=/no/such/folder", "there is no such folder or file"),
        ("mteb:CB?data=modelscope:a/b", r"2 tasks, and that is one data set; \?data=modelscope: stands for each"),
    ],
)
def test_a_name_of_nothing_is_refused(selected: str, message: str, find: Callable[[str], list[MtebPlace]]) -> None:
    """The error says what there is instead."""
    with pytest.raises(UsageError, match=message):
        find(selected)


def test_a_folder_per_task(tmp_path: Path, find: Callable[[str], list[MtebPlace]]) -> None:
    """Of a benchmark's folder each task takes the folder with its name or that of its data set.

    A task without one is still there, to be recorded as failed.
    """
    _write(tmp_path / "data" / "One" / "test.tsv")
    _write(tmp_path / "data" / "two-data" / "test.tsv")
    found = {place.entry.name: place.asked.data for place in find(f"mteb:All?data={tmp_path / 'data'}&subset=default")}
    assert found == {"One": str(tmp_path / "data" / "One"), "Two": str(tmp_path / "data" / "two-data")}
    (many,) = find(f"mteb:All?data={tmp_path / 'data'}&subset=zh")
    assert many.asked.data == str(tmp_path / "data" / "Many")


def test_a_folder_for_no_task(tmp_path: Path, find: Callable[[str], list[MtebPlace]]) -> None:
    """Where none of a benchmark's tasks is in a folder, it is the wrong one."""
    with pytest.raises(UsageError, match="no folder in it for any task of mteb:CB, as One or one-data"):
        find(f"mteb:CB?data={tmp_path}")


def test_a_task_in_a_folder_of_several(tmp_path: Path, find: Callable[[str], list[MtebPlace]]) -> None:
    """One task alone may be named with the same folder as its benchmark, or with its own."""
    own = _write(tmp_path / "One" / "test.tsv").parent
    (above,) = find(f"mteb:One?data={tmp_path}")
    (itself,) = find(f"mteb:One?data={own}")
    assert above.asked.data == itself.asked.data == str(own)
    assert above.folder == itself.folder


def test_modelscope_stands_for_each_data_set(find: Callable[[str], list[MtebPlace]]) -> None:
    """`modelscope:` alone stands for the data set of each task, as it is called on the hub."""
    found = find("mteb:CB?data=modelscope:&subset=default,zh")
    assert [place.asked.data for place in found] == ["modelscope:org/one-data", "modelscope:org/many-data"]


def test_what_decides_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Split, protocol, revision, content and the version of mteb do; where the data lie does not."""
    here, there = (_write(tmp_path / name / "test.tsv") for name in ("here", "there"))
    changed = _write(tmp_path / "changed" / "test.tsv", "c\td\t2\n")

    def folder(selected: str) -> Path:
        return mteb_places(selected, tmp_path / "cache")[0].folder

    options = ["", "?split=dev", "?protocol=mteb", "?level=1", "?rows=5", f"?data={here}", f"?data={changed}"]
    folders = [folder(f"mteb:One{option}") for option in options]
    assert folder(f"mteb:One?data={there}") == folder(f"mteb:One?data={here}")
    monkeypatch.setattr(module, "read_registry", lambda _: Registry("2.27.0", REGISTRY.tasks, {}))
    folders.append(folder("mteb:One"))
    newer = {"One": entry("One", path="org/one-data", revision="2")}
    monkeypatch.setattr(module, "read_registry", lambda _: Registry("2.26.0", newer, {}))
    folders.append(folder("mteb:One"))
    assert len(set(folders)) == len(folders)


def _write(file: Path, text: str = "a\tb\t1\n") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"sentence1\tsentence2\tscore\n{text}", encoding="utf-8")
    return file
