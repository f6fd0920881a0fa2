"""The suites of a command: found by name, read once and late, kept as long as there is room."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue import Place
from harness.catalogue.mteb.load import CONTENTS
from harness.catalogue.suites import Opened
from harness.embedders.resolve import parse_spec
from harness.errors import MissingExtraError, SuiteError, UsageError
from harness.interop.mteb import door
from harness.model import ForeignSuite, Suite
from harness.workflows import shelf as shelves
from harness.workflows.run import Request, failed, run
from harness.workflows.shelf import Shelf, find_places, folder_of, load_suite, open_suite, shelf
from tests.mteb_registry import foreign, install
from tests.watching import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the suites that were read, as often as they were."""
    names: list[str] = []

    def counted(place: Place) -> Suite | ForeignSuite:
        names.append(place.name)
        return load_suite(place)

    monkeypatch.setattr(shelves, "load_suite", counted)
    return names


@pytest.fixture
def toys(toy_suite: Path, tmp_path: Path) -> list[Place]:
    """Three suites of eight texts each."""
    folders = [toy_suite, tmp_path / "toy2", tmp_path / "toy3"]
    for folder in folders[1:]:
        shutil.copytree(toy_suite, folder)
    return [Place(folder.name, folder) for folder in folders]


@pytest.fixture
def facts(toy_suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The task Facts of mteb's as its data lie in the cache once they have been read."""
    install(monkeypatch)
    (place,) = find_places("mteb:Facts", tmp_path)
    shutil.copytree(toy_suite, place.folder)
    (place.folder / CONTENTS).write_text("{}", "utf-8")
    return place


def test_a_suite_is_read_when_it_is_asked_for(toys: list[Place], read: list[str]) -> None:
    """Not before, and once, however often it is asked for."""
    held = Shelf(toys, str)
    assert (list(held), len(held), read) == (toys, 3, [])
    assert held[toys[1]] is held[toys[1]]
    assert read == ["toy2"]
    assert [suite.name for suite in held.values() if isinstance(suite, Suite)] == ["toy", "toy2", "toy3"]
    assert read == ["toy2", "toy", "toy3"]
    with pytest.raises(KeyError):
        held[Place("other", toys[0].folder)]


def test_what_has_no_room_is_read_again(toys: list[Place], read: list[str]) -> None:
    """The first ones stay, as everybody goes through all of them in the same order; the rest is not kept."""
    held = Shelf(toys, str, most=17)
    for _ in range(3):
        assert all(isinstance(suite, Suite) for suite in held.values())
    assert read == ["toy", "toy2", "toy3", "toy3", "toy3"]


def test_one_that_is_larger_than_all_room_can_be_used(toys: list[Place]) -> None:
    """It is not kept, that is all."""
    held = Shelf(toys, str, most=1)
    assert isinstance(held[toys[0]], Suite)


def test_a_faulty_suite_is_its_error(toys: list[Place], read: list[str]) -> None:
    """Kept, so that its faults are found once."""
    (toys[0].folder / "qrels.tsv").unlink()
    held = Shelf(toys, str)
    assert isinstance(held[toys[0]], SuiteError)
    assert held[toys[0]] is held[toys[0]]
    assert read == ["toy"]


def test_a_task_of_mtebs_is_a_suite_like_any_other(facts: Place, tmp_path: Path) -> None:
    """Once its data lie in the cache, neither mteb nor its data are needed; nothing is told."""
    told: list[str] = []
    (suite,) = shelf(["mteb:Facts"], tmp_path, told.append).values()
    assert isinstance(suite, Suite)
    assert (suite.name, suite.kind, told) == ("mteb:Facts", "retrieval", [])
    opened = open_suite(facts)
    assert isinstance(opened, Opened)
    assert set(opened.tables) == {"queries", "corpus", "qrels"}


def test_who_waits_is_told_why(facts: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a task for the first time may take minutes; it is said when it begins, not before."""
    shutil.rmtree(facts.folder)
    told: list[str] = []
    held = shelf(["mteb:Facts"], tmp_path, told.append)
    assert told == []
    monkeypatch.setattr(shelves, "load_suite", lambda _: foreign())
    assert held[facts] == foreign()
    assert told == ["mteb:Facts: mteb reads its data, once"]


@pytest.mark.parametrize("error", [UsageError("no folder"), MissingExtraError("datasets", "mteb")])
def test_what_goes_wrong_with_one_task_is_its_own_fault(
    facts: Place, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """It does not end the command."""

    def fail(_: object) -> Any:
        raise error

    monkeypatch.setattr("harness.catalogue.mteb.load.load_mteb", fail)
    with pytest.raises(SuiteError, match=str(error).partition(".")[0]):
        load_suite(facts)


def test_a_benchmark_is_all_of_its_tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that is named beside it is one suite, not two."""
    install(monkeypatch)
    held = shelf(["mteb:Bench(zh, v1)", "mteb:Wen"], tmp_path)
    assert [place.name for place in held][:2] == ["mteb:Wen", "mteb:Old"]
    assert len(held) == 3


def test_one_name_for_two_data_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their results would be taken for each other's."""
    install(monkeypatch)
    for name in ("a", "b"):
        (tmp_path / name).write_text(name, "utf-8")
    names = [f"mteb:Facts?data={tmp_path / name}" for name in ("a", "b")]
    assert len(shelf([names[0], names[0]], tmp_path)) == 1
    with pytest.raises(UsageError, match="mteb:Facts is asked for twice, with other data each time"):
        shelf(names, tmp_path)


def test_without_mteb_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything else; other suites need none."""

    def absent() -> str:
        raise MissingExtraError("mteb", "mteb")

    monkeypatch.setattr(door, "version", absent)
    with pytest.raises(MissingExtraError, match=r"pip install 'embedding-harness\[mteb\]'"):
        find_places("mteb:Facts")
    assert find_places("zh/process")[0].name == "zh/process"


@pytest.fixture
def asking(facts: Place, toy_suite: Path, tmp_path: Path) -> Callable[..., Request]:
    """Makes a request for Facts, another task and toy."""
    assert facts.folder.is_dir()

    def asking(*specs: str) -> Request:
        embedders = {spec: parse_spec(spec) for spec in specs}
        return Request(["mteb:Facts", "mteb:Sums", str(toy_suite)], embedders, tmp_path / "r.duckdb", tmp_path)

    return asking


def test_data_that_cannot_be_had_fail_one_run(asking: Callable[..., Request], monkeypatch: pytest.MonkeyPatch) -> None:
    """With their reason; the others go on."""

    def absent(place: Place) -> Suite | ForeignSuite:
        if place.name == "mteb:Sums":
            raise SuiteError(place.name, ())
        return load_suite(place)

    monkeypatch.setattr(shelves, "load_suite", absent)
    made = run(asking("baseline:hashing"), Watcher())
    assert [one.status for one in made] == ["ok", "failed", "ok"]
    assert made[1].reason.startswith("suite mteb:Sums has 0 faults")
    assert failed(made) is SuiteError


def test_a_suite_that_other_software_judges_is_recorded_as_such(
    asking: Callable[..., Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whom, with its texts counted and cached as any; to a ranker it does not apply."""
    judged = foreign(notes=("a note",))
    monkeypatch.setattr(shelves, "load_suite", lambda place: judged if place.name == "mteb:Sums" else load_suite(place))
    asked = asking("baseline:hashing", "bm25:")
    made = {(one.embedder, one.suite): one for one in run(asked, Watcher())}
    spelling, words = made["baseline:hashing", "mteb:Sums"], made["bm25:", "mteb:Sums"]
    assert (spelling.status, spelling.kind, spelling.fingerprint) == ("ok", "mteb:Summarization", "f1")
    assert [score.metric for score in spelling.scores] == ["cosine_spearman", "pearson"]
    assert (spelling.items, spelling.texts) == ((), 2)
    assert spelling.configuration["judge"] == "mteb 9.9.9"
    assert [finding.note for finding in spelling.findings if finding.name == "suite_note"] == ["a note"]
    assert (words.status, words.reason) == ("not_applicable", "has no vectors")
    assert {one.suite: one.texts for one in run(asked, Watcher())}["mteb:Sums"] == 0


def test_the_folder_to_name_finds_a_suite_under_its_name(
    toy_suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own, or the one above that was named, however it was written; of one that its name finds, none."""
    shutil.copytree(toy_suite, tmp_path / "many" / "deep" / "one")
    shutil.copytree(toy_suite, tmp_path / "zh" / "tables")
    (tmp_path / "link").symlink_to(tmp_path / "many")
    monkeypatch.chdir(tmp_path / "many")
    for named in ("../many", ".", "../link", str(tmp_path / "many")):
        (place,) = find_places(named)
        assert (place.name, folder_of(place)) == ("many/deep/one", str(tmp_path / "many"))
    (own,) = find_places("deep/one")
    assert (own.name, folder_of(own)) == ("one", str(tmp_path / "many" / "deep" / "one"))
    (apart,) = find_places("../zh")
    assert (apart.name, folder_of(apart)) == ("./zh/tables", str(tmp_path / "zh"))
    (builtin,) = find_places("zh/tables")
    assert folder_of(builtin) == ""
    assert folder_of(Place("mteb:Facts", tmp_path)) == ""


def test_a_suite_of_harness_toml_is_known_by_its_name(
    toy_suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own, or that of a folder it is in, wherever that is; what lies here under that name comes first."""
    shutil.copytree(toy_suite, tmp_path / "mine" / "one")
    shutil.copytree(toy_suite, tmp_path / "mine" / "two")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    listed = ("zh/tables", "mteb:Facts", "../gone", "../mine")
    (one,) = find_places("mine/one", listed=listed)
    assert (one.name, folder_of(one)) == ("mine/one", str(tmp_path / "mine"))
    assert [place.name for place in shelf(["mine/"], listed=listed)] == ["mine/one", "mine/two"]
    with pytest.raises(
        UsageError, match=r"harness\.toml lists: zh/tables, mine/one, mine/two\. Did you mean 'mine/one'"
    ):
        find_places("mine/onne", listed=listed)
    with pytest.raises(UsageError, match="there is no suite 'mine/one'"):
        find_places("mine/one")
    shutil.copytree(toy_suite, tmp_path / "here" / "mine" / "one")
    (nearer,) = find_places("mine/one", listed=listed)
    assert nearer.folder.resolve() == tmp_path / "here" / "mine" / "one"
