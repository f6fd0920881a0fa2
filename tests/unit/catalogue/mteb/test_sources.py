"""A task object of mteb's reads the data that it is told to, runs no code of theirs, and says what is wrong."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue.mteb import hub, modelscope, sources
from harness.catalogue.mteb.sources import load_task
from harness.errors import SuiteError
from harness.interop.mteb import door
from tests.mteb_registry import entry, place
from tests.mteb_tasks import at_home, write_task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.catalogue.mteb.place import MtebPlace

pytestmark = pytest.mark.real("mteb")


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """What mteb and datasets write goes below a folder of this test's own."""
    with pytest.MonkeyPatch.context() as patch:
        at_home(tmp_path, patch)
        yield tmp_path


def place_of(data: str, split: str = "test", task: str = "STSBenchmark") -> MtebPlace:
    """A task of sentence pairs, its data wherever."""
    nothing_kept: Any = None
    return place(nothing_kept, entry(task, path="mteb/x", revision="0" * 40), split=split, data=data)


def test_a_copy_of_a_repository(home: Path) -> None:
    """mteb loads and transforms it itself, twice alike, from an object of this place's own class."""
    there = place_of(str(write_task("STSBenchmark", home / "sts")))
    first, second = load_task(there).task, load_task(there).task
    assert len(first.dataset["test"]) == 60
    assert first.dataset["test"][:] == second.dataset["test"][:]
    assert type(first) is not type(second)
    assert (first.hf_subsets, first.eval_splits) == (["default"], ["test"])


def test_no_code_of_others(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data set that asks mteb to run the code that comes with it is not asked for with that wish."""
    import mteb

    known = type(mteb.get_task("STSBenchmark"))
    trusting = known.metadata.model_copy(update={"dataset": {**known.metadata.dataset, "trust_remote_code": True}})
    monkeypatch.setattr(known, "metadata", trusting)
    task = load_task(place_of(str(write_task("STSBenchmark", home / "sts")))).task
    for one in (task, sources._of_hub(known)):
        assert "trust_remote_code" not in one.metadata.dataset


def test_a_split_that_is_not_there(home: Path) -> None:
    """The error names those that are."""
    folder = write_task("STSBenchmark", home / "sts")
    with pytest.raises(SuiteError, match="there is no split 'dev', only test"):
        load_task(place_of(str(folder), split="dev"))


def test_a_folder_that_is_not_there(home: Path) -> None:
    """One task of a benchmark may have none."""
    with pytest.raises(SuiteError, match="there is no such folder or file"):
        load_task(place_of(str(home / "nowhere")))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{not json", "STSBenchmark has 1 fault"),
        ('{"sentence1": "a"}\n{"sentence2": "b"}\n{"other": 1', "STSBenchmark has 1 fault"),
    ],
)
def test_files_that_are_broken(home: Path, text: str, message: str) -> None:
    """What datasets cannot read is a fault of the suite, in a line that names the folder."""
    folder = write_task("STSBenchmark", home / "sts")
    next(folder.glob("*.jsonl")).write_text(text, encoding="utf-8")
    with pytest.raises(SuiteError, match=message) as caught:
        load_task(place_of(str(folder)))
    assert str(folder) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


def test_random_numbers_go_on(home: Path) -> None:
    """Making and loading a task changes nobody's random numbers, though mteb seeds them."""
    there = place_of(str(write_task("STSBenchmark", home / "sts")))
    state = random.getstate()
    load_task(there)
    assert random.getstate() == state


def test_modelscope_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Named explicitly, it is the error, with what to install."""
    monkeypatch.setattr(modelscope, "find_spec", lambda _: None)
    with pytest.raises(
        SuiteError, match=r"ModelScope does not give it: its package is not installed \(pip install mod"
    ):
        load_task(place_of("modelscope:org/name"))


def test_a_hub_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked once a minute, whatever the number of tasks."""
    asked: list[str] = []

    def silent(path: str, revision: str) -> str:
        asked.append(path + revision)
        raise ConnectionRefusedError(111, "Connection refused")

    clock = [1000.0]
    monkeypatch.setattr(hub, "_silent", {})
    monkeypatch.setattr(hub, "_refused", silent)
    monkeypatch.setattr(hub, "is_offline", lambda: False)
    monkeypatch.setattr(hub.time, "monotonic", lambda: clock[0])
    found = {hub.refusal("a/b", "1") for _ in range(3)}
    assert found == {"cannot be reached: [Errno 111] Connection refused"}
    assert len(asked) == 1
    clock[0] += 61
    hub.refusal("a/b", "1")
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        ("https://huggingface.co", "huggingface.co"),
        ("https://me:p@w@mirror.example:8443/hub", "mirror.example:8443"),
        ("http://mirror:99999", "mirror:99999"),
        ("http://[::1", "[::1"),
        ("me:pw@mirror", "HF_ENDPOINT"),
    ],
)
def test_the_address_of_a_mirror(monkeypatch: pytest.MonkeyPatch, endpoint: str, host: str) -> None:
    """It is named by its host, never with a password, whether or not it makes sense."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", endpoint)
    assert hub.address() == host


@pytest.mark.parametrize(("kind", "noticed"), [("ReadTimeout", True), ("ConnectError", True), ("InvalidURL", False)])
def test_a_hub_that_is_lost(monkeypatch: pytest.MonkeyPatch, kind: str, *, noticed: bool) -> None:
    """An error that comes from a lost connection keeps the next task from asking, for a minute."""
    monkeypatch.setattr(hub, "_silent", {})
    monkeypatch.setattr(hub, "_refused", lambda *_: "")
    monkeypatch.setattr(hub, "is_offline", lambda: False)
    outer = OSError("no such data set")
    outer.__cause__ = getattr(pytest.importorskip("httpx"), kind)("gone")
    hub.notice(outer)
    assert ("lost" in hub.refusal("a/b", "1")) is noticed
    monkeypatch.setattr(hub, "_silent", {})
    monkeypatch.setattr(hub, "is_offline", lambda: True)
    hub.notice(outer)  # of the client itself, which may not ask
    assert not hub.silence_of(hub.address())


@pytest.mark.parametrize(("error", "times"), [(ConnectionRefusedError("no route"), 1), (ValueError("not there"), 2)])
def test_modelscope_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, error: Exception, times: int) -> None:
    """It is asked once a minute as well; a data set that it has not says nothing about others."""
    asked: list[str] = []

    def download(path: str, revision: str | None) -> str:
        asked.append(f"{path}{revision}")
        raise error

    there = SimpleNamespace(dataset_snapshot_download=download)
    monkeypatch.setattr(hub, "_silent", {})
    monkeypatch.setattr(modelscope, "find_spec", lambda _: there)
    monkeypatch.setattr(door, "module", lambda _: there)
    assert [modelscope.modelscope_folder("a/b") for _ in range(2)] == [str(error)] * 2
    assert len(asked) == times


def test_a_folder_in_the_way(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of the working directory that is called as a data set of the hub is not taken for it."""
    monkeypatch.chdir(home)
    write_task("STSBenchmark", home / "mteb" / "x")
    monkeypatch.setattr(hub, "refusal", lambda *_: "")
    monkeypatch.setattr(hub, "not_kept", lambda *_: "")
    with pytest.raises(SuiteError) as caught:
        load_task(place_of(""))
    assert str(caught.value).count(f"would take {home / 'mteb' / 'x'} for it") == 2


def test_offline_is_given_back() -> None:
    """Reading what is cached without asking changes nothing for who asks afterwards."""
    import datasets.config
    from huggingface_hub import constants

    def both() -> tuple[bool, bool]:
        return datasets.config.HF_HUB_OFFLINE, constants.HF_HUB_OFFLINE

    before = both()
    with hub.offline():
        assert both() == (True, True)
    assert both() == before


def test_no_secret_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens, passwords in addresses and signatures of addresses are left out of what libraries say."""
    monkeypatch.setenv("HF_TOKEN", "hf_abc")
    said = "hf_abc refused\n at https://me:p@w@host/x?X-Amz-Signature=1&y=2 and http://h/z"
    assert hub.without_secrets(said) == "$HF_TOKEN refused at https://host/x and http://h/z"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError("score"), "KeyError: 'score'"),
        (ValueError(), "ValueError"),
        (FileNotFoundError("no\nsuch"), "no such"),
        (FileNotFoundError("Dataset 'mteb/x' is a gated dataset on the Hub."), hub.gated("mteb/x")),
        (FileNotFoundError("no aggregated"), "no aggregated"),
        (RuntimeError("x" * 500), f"RuntimeError: {'x' * 386}…"),
    ],
)
def test_what_a_library_says(error: Exception, said: str) -> None:
    """In one line, with the name of the error where its text alone says little."""
    assert sources._said(error, "mteb/x") == said


def test_the_home_is_nobodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it was looked is recorded with ~ for the user's home, and as it is elsewhere."""
    monkeypatch.setenv("HOME", str(tmp_path / "zhang"))
    assert sources._shown(tmp_path / "zhang" / ".cache" / "hub") == "~/.cache/hub"
    assert sources._shown(tmp_path / "shared") == str(tmp_path / "shared")
