"""Where the suites of runs were found: as the store keeps it, as it is read, as it is merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from harness.store import Store, schema
from harness.store.places import found, moved, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.model import Run


def kept(store: Store) -> list[str]:
    """What stands in the table."""
    return [folder for (folder,) in store.query("select folder from place order by folder")[1]]


@pytest.mark.parametrize(
    ("folder", "is_kept"),
    [
        ("project/results/mine", "mine"),
        ("project/results", "."),
        ("project/我的 数据", "../我的 数据"),
        ("project", ".."),
        ("elsewhere/mine", "{}/elsewhere/mine"),
    ],
)
def test_one_project_is_kept_without_where_it_lies(tmp_path: Path, folder: str, is_kept: str) -> None:
    """What lies beside the store or in its folder; anything else is absolute. Each is found again."""
    store, whole = tmp_path / "project" / "results" / "results.duckdb", str(tmp_path / folder)
    assert written(whole, store) == is_kept.format(tmp_path)
    assert found(written(whole, store), store) == whole


def test_a_name_that_is_no_text_is_not_kept(tmp_path: Path) -> None:
    """A file system may hold it, a database does not."""
    assert written(f"{tmp_path}/\udcff", tmp_path / "results.duckdb") == ""
    assert written("", tmp_path / "results.duckdb") == ""


def test_a_run_has_its_folder_however_it_is_read(store: Store, make_run: Callable[..., Run]) -> None:
    """Those without stay without; the folders of all runs come with the newest first, each once."""
    home = store.path.parent
    runs = [make_run(place, folder=f"{home}/{name}") for place, name in enumerate(["old", "new", "old", "new"])]
    store.add(*runs[:3], make_run(9))
    assert [run.id for run in store.add_new(*runs)] == [runs[3].id]
    folders = [run.folder for run in runs]
    assert [run.folder for run in store.runs([run.id for run in runs])] == folders
    assert [run.folder for run in store.history()] == [*folders, ""]
    data = ("zh/a", runs[0].fingerprint)
    assert store.folders() == [(*data, f"{home}/new"), (*data, f"{home}/old")]
    assert kept(store) == ["new", "new", "old", "old"]


def test_merging_keeps_the_folder_in_sight(tmp_path: Path, make_run: Callable[..., Run]) -> None:
    """A shard in a folder of its own names it differently; what is not here stays, as in a copy of the project."""
    shard, whole = Store(tmp_path / "shards" / "1.duckdb"), Store(tmp_path / "all.duckdb")
    for name in ("here", "gone"):
        (tmp_path / name).mkdir()
        shard.add(make_run(folder=str(tmp_path / name)))
    (tmp_path / "gone").rmdir()
    assert kept(shard) == ["../gone", "../here"]
    assert whole.merge(shard.path) == 2
    assert kept(whole) == ["../gone", "here"]
    assert whole.merge(shard.path) == 0
    assert {folder for *_, folder in whole.folders()} == {str(tmp_path / "here"), str(tmp_path.parent / "gone")}
    assert moved("/no/such/folder", shard.path, whole.path) == "/no/such/folder"


def test_a_store_without_places_is_upgraded(
    tmp_path: Path, make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store of schema 5 is read with the runs it has, takes folders from then on, and is merged."""
    old, new = Store(tmp_path / "old.duckdb"), Store(tmp_path / "new.duckdb")
    before = schema.migrations()[:5]
    with monkeypatch.context() as patched:
        patched.setattr(schema, "migrations", lambda: before)
        old.add(make_run(1, id="before"))
    with duckdb.connect(str(old.path)) as database:
        assert database.execute("select max(number) from migration").fetchall() == [(5,)]
    assert new.merge(old.path) == 1
    assert (old.folders(), new.folders()) == ([], [])
    assert old.runs(["before"])[0].folder == ""
    old.add(make_run(2, id="after", folder=str(tmp_path / "mine")))
    assert new.merge(old.path) == 1
    assert [run.folder for run in new.history()] == ["", str(tmp_path / "mine")]
