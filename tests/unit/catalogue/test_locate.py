"""A name stands for built-in suites, or for a folder on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.catalogue.locate import builtin_places, builtin_root, find_places
from harness.errors import UsageError


def make_suite(folder: Path) -> Path:
    """A folder that passes for a suite."""
    folder.mkdir(parents=True)
    (folder / "suite.yaml").write_text("title: x")
    return folder


def names(selected: str) -> list[str]:
    """The names of the suites that are found."""
    return [place.name for place in find_places(selected)]


def test_builtin_suites_are_named_by_their_path() -> None:
    """A built-in suite is called language/topic and lies in the folder of that name."""
    places = builtin_places()
    assert [place.name for place in places] == sorted(place.name for place in places)
    assert all(place.folder == builtin_root() / place.name for place in places)
    assert {"zh/lexical-gap", "zh/process", "zh/similarity"} <= {place.name for place in places}


@pytest.mark.parametrize("selected", ["zh", "zh/"])
def test_a_folder_selects_all_below_it(selected: str) -> None:
    """A language stands for all its suites, with or without a slash behind it."""
    assert names(selected) == [place.name for place in builtin_places() if place.name.startswith("zh/")]


@pytest.mark.parametrize("selected", ["zh/process", "zh/process/"])
def test_one_suite(selected: str) -> None:
    """A whole path stands for one suite, with or without a slash behind it."""
    assert names(selected) == ["zh/process"]


@pytest.mark.parametrize(
    ("selected", "meant"),
    [("zh/proces", "zh/process"), ("process", "zh/process"), ("zhh", "zh"), ("zh/proc", "zh/process")],
)
def test_an_unknown_name_gets_the_nearest_one(selected: str, meant: str) -> None:
    """A mistyped name is answered with the name that was probably meant, and with all names."""
    message = f"there is no suite '{selected}'.*Did you mean '{meant}'.*zh/similarity"
    with pytest.raises(UsageError, match=message):
        find_places(selected)


@pytest.mark.parametrize("selected", ["", "nothing-like-it", "~nobody-of-this-name/x", "x" * 5000, "a\0b"])
def test_impossible_names_are_unknown(selected: str) -> None:
    """A name that is no path at all is unknown, and does not select the current folder."""
    with pytest.raises(UsageError, match="it is neither built in nor a folder"):
        find_places(selected)


def test_a_folder_on_disk(tmp_path: Path) -> None:
    """A suite is called by its folder's name, those in a folder of suites by their paths from it."""
    make_suite(tmp_path / "mine" / "one")
    make_suite(tmp_path / "mine" / "deep" / "two")
    make_suite(tmp_path / "mine" / ".hidden" / "three")
    assert names(str(tmp_path / "mine")) == ["mine/deep/two", "mine/one"]
    assert names(str(tmp_path / "mine" / "one")) == ["one"]
    assert names(str(tmp_path / "mine" / "one") + "/") == ["one"]


def test_the_current_folder_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dot stands for the folder's real name."""
    monkeypatch.chdir(make_suite(tmp_path / "here"))
    assert names(".") == ["here"]


def test_a_folder_called_like_a_builtin_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The built-in suite wins by its bare name; a path that starts otherwise means the folder."""
    folder = make_suite(tmp_path / "zh" / "process")
    monkeypatch.chdir(tmp_path)
    assert find_places("zh/process")[0].folder == builtin_root() / "zh" / "process"
    assert [place.folder.resolve() for place in find_places("./zh/process")] == [folder]
    assert [place.folder for place in find_places(str(folder))] == [folder]


def test_an_absolute_path_is_never_a_builtin_name() -> None:
    """/zh is a folder at the root of the disk, not the built-in folder zh."""
    assert not Path("/zh").exists()
    with pytest.raises(UsageError, match="'/zh'"):
        find_places("/zh")


def test_beir_layout_is_a_suite(tmp_path: Path) -> None:
    """A folder with corpus, queries and qrels needs no suite.yaml, but all three."""
    folder = tmp_path / "scifact"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").touch()
    with pytest.raises(UsageError, match="holds no suite"):
        find_places(str(folder))
    (folder / "queries.jsonl").touch()
    assert names(str(folder)) == ["scifact"]


def test_suites_are_not_looked_for_inside_a_suite(tmp_path: Path) -> None:
    """A folder below a suite belongs to that suite."""
    make_suite(tmp_path / "outer")
    make_suite(tmp_path / "outer" / "inner")
    assert names(str(tmp_path / "outer")) == ["outer"]


def test_links(tmp_path: Path) -> None:
    """A linked folder counts; a link back to a folder above is not followed, nor one to nowhere."""
    make_suite(tmp_path / "elsewhere" / "one")
    root = tmp_path / "root"
    root.mkdir()
    (root / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(root)
    (root / "self").symlink_to(root)
    (root / "loop").symlink_to("loop")
    (root / "nowhere").symlink_to("absent")
    assert names(str(root)) == ["root/linked/one"]


def test_a_folder_without_suites_says_what_makes_one(tmp_path: Path) -> None:
    """An empty folder is refused with what it would have to hold; a file is no folder."""
    with pytest.raises(UsageError, match=r"holds no suite: neither a suite\.yaml .* nor BEIR's layout"):
        find_places(str(tmp_path))
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="neither built in nor a folder"):
        find_places(str(tmp_path / "file"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may search every folder")
def test_an_unreadable_folder(tmp_path: Path) -> None:
    """A folder that may not be searched is named."""
    (tmp_path / "closed").mkdir(mode=0)
    with pytest.raises(UsageError, match="closed cannot be searched for suites: Permission denied"):
        find_places(str(tmp_path))
