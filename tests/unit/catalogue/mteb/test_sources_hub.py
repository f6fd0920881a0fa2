"""A task's data come from a mirror, a cache or ModelScope; else one error says what was tried.

With the real clients of the hub against a server on loopback. They read their environment when they are imported: each
run is a process of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hub_of_files import HubOfFiles

pytestmark = pytest.mark.real("mteb")

REVISIONS = {
    "STSBenchmark": ("mteb/stsbenchmark-sts", "b0fddb56ed78048fa8b90373c8a3cfc37b684831"),
    "SICK-R": ("mteb/sickr-sts", "20a6d6f312dd54037fe07a32d58e5e168867909d"),
    "STS12": ("mteb/sts12-sts", "a0d554a64d88156834ff5ae9920b964011b16384"),
    "STS13": ("mteb/sts13-sts", "7e90230a92c190f1bf69ae9002b8cea547a64cca"),
    "STS14": ("mteb/sts14-sts", "6031580fec1f6af667f0bd2da0a551cf4f0b2375"),
    "STS15": ("mteb/sts15-sts", "ae752c7c21bf194d8b67fd573edf7ae58183cbe3"),
    "STS16": ("mteb/sts16-sts", "4d8694f8f0e0100860b497b999b3dbed754a0513"),
    "BIOSSES": ("mteb/biosses-sts", "d3fb88f8f02e40887cd149695127462bbcf29b4a"),
}
SECRET = "hf_of_nobody"  # noqa: S105 # that is what is looked for in messages
DRIVER = """
import json, sys
from pathlib import Path
from harness.catalogue.mteb.load import load_mteb
from harness.errors import SuiteError
from tests.mteb_registry import entry, place

cache, found = Path(sys.argv[1]), {}
for key, (name, path, revision, data) in json.loads(sys.argv[2]).items():
    try:
        suite = load_mteb(place(cache / key, entry(name, path=path, revision=revision), data=data))
        found[key] = {"rows": suite.size // 2, "notes": suite.notes}
    except SuiteError as error:
        found[key] = {"error": str(error)}
print(json.dumps(found))
"""
MODELSCOPE = """
import os, pathlib
from modelscope.hub.errors import NotExistError

def dataset_snapshot_download(dataset_id, revision=None):
    print("Downloading", dataset_id)
    folder = pathlib.Path(os.environ["TEST_MODELSCOPE"]) / dataset_id.rpartition("/")[2]
    if not folder.is_dir():
        raise NotExistError(f"no {dataset_id} at https://host/x?token={os.environ['HF_TOKEN']}")
    return str(folder)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where everything is that these tests write."""
    return tmp_path_factory.mktemp("sources")


@pytest.fixture(scope="module")
def online(folder: Path) -> dict[str, Any]:
    """What becomes of tasks that a mirror gives, refuses, or has not; ModelScope has one of them."""
    mirrored = {name: _copy(folder / name, rows) for name, rows in (("STSBenchmark", 4), ("SICK-R", 5), ("BIOSSES", 6))}
    mirrored |= dict.fromkeys(("STS12", "STS14", "STS16"), mirrored["SICK-R"])
    _copy(folder / "of_modelscope" / "sts13-sts", 7)
    package = folder / "packages" / "modelscope" / "hub"
    package.mkdir(parents=True)
    for file in (package.parent / "__init__.py", package / "__init__.py"):
        file.touch()
    (package / "errors.py").write_text("class NotExistError(Exception): pass\n", encoding="utf-8")
    (package / "snapshot_download.py").write_text(MODELSCOPE, encoding="utf-8")
    hub = HubOfFiles({REVISIONS[name][0]: (REVISIONS[name][1], copy) for name, copy in mirrored.items()})
    hub.refused = {REVISIONS["STS12"][0]: "GatedRepo", REVISIONS["STS14"][0]: "", REVISIONS["STS16"][0]: "NoHub"}
    with hub:
        found = _run(
            folder,
            "online",
            {**_named(*REVISIONS), "explicit": ("STS13", "-", "-", "modelscope:else/sts13-sts")},
            {
                "HF_ENDPOINT": hub.url,
                "HF_TOKEN": SECRET,
                "PYTHONPATH": os.pathsep.join((str(folder / "packages"), os.getcwd())),  # noqa: PTH109 # text
                "TEST_MODELSCOPE": str(folder / "of_modelscope"),
            },
        )
    return {**found, "host": hub.url.removeprefix("http://"), "asked": hub.asked}


@pytest.fixture(scope="module")
def offline(folder: Path, online: dict[str, Any]) -> dict[str, Any]:
    """The same machine later, with HF_HUB_OFFLINE.

    What `datasets` kept of SICK-R is gone, so that only the files are left; of BIOSSES it has another revision, and a
    part of the files.
    """
    assert online["STSBenchmark"]
    kept, hub = folder / "home" / "datasets", folder / "home" / "hub"
    shutil.rmtree(kept / "mteb___sickr-sts")
    (of,) = (kept / "mteb___biosses-sts").glob("*/*/*/")
    of.rename(of.with_name("f" * 40))
    (snapshot,) = (hub / "datasets--mteb--biosses-sts" / "snapshots").iterdir()
    (snapshot / "data" / "test-00000-of-00002.jsonl").touch()
    return _run(folder, "offline", _named("STSBenchmark", "SICK-R", "BIOSSES", "STS15"), {"HF_HUB_OFFLINE": "1"})


def test_a_mirror_gives_data(online: dict[str, Any]) -> None:
    """HF_ENDPOINT is asked for the revision that mteb names, before everything else; its rows are the suite."""
    path, revision = REVISIONS["STSBenchmark"]
    assert online["STSBenchmark"] == {"rows": 4, "notes": []}
    asked = [one for one in online["asked"] if path in one]
    assert asked[0] == f"GET /api/datasets/{path}/revision/{revision}"


def test_a_gated_data_set(online: dict[str, Any]) -> None:
    """The error says where to ask for access, and that a token is needed."""
    error = online["STS12"]["error"]
    assert (
        f"the hub, {online['host']}: gated: ask for access at https://huggingface.co/datasets/mteb/sts12-sts" in error
    )
    assert "HF_TOKEN" in error


def test_a_data_set_that_is_nowhere(online: dict[str, Any], folder: Path) -> None:
    """One error names every place that was tried with what came of it, and what to do; it holds no token."""
    error = online["STS15"]["error"]
    assert "the hub, " in error
    assert "there is no data set mteb/sts15-sts, or it is private and HF_TOKEN does not open it" in error
    assert f"what datasets keeps, {folder / 'home' / 'datasets'}: not there" in error
    assert f"no files of revision {REVISIONS['STS15'][1]} are there" in error
    assert "ModelScope, mteb/sts15-sts: no mteb/sts15-sts at https://host/x" in error
    assert "'mteb:STS15?data=FOLDER'" in error
    assert f"hf download mteb/sts15-sts --repo-type dataset --revision {REVISIONS['STS15'][1]}" in error
    assert error.count("has 1 fault") == 1
    assert SECRET not in error


def test_a_server_that_is_down(online: dict[str, Any]) -> None:
    """The status is told, and the server is asked once, not for 25 s."""
    assert "answered with status 503" in online["STS14"]["error"]
    assert len([one for one in online["asked"] if "sts14" in one]) == 1


def test_a_server_that_is_no_hub(online: dict[str, Any]) -> None:
    """Whatever answers instead of the hub, a proxy that wants a password, is an error as any other."""
    assert "what answers there is no hub" in online["STS16"]["error"]


def test_modelscope_comes_last(online: dict[str, Any]) -> None:
    """What the hub has not is taken from ModelScope, under the same name; the suite says so."""
    assert online["STS13"]["rows"] == 7
    (note,) = online["STS13"]["notes"]
    assert note == "the data are ModelScope's mteb/sts13-sts, which need not be the revision that mteb names"


def test_modelscope_by_name(online: dict[str, Any]) -> None:
    """`?data=modelscope:ORGANISATION/NAME` is read without asking the hub; another data set is noted."""
    note = "not mteb's own data, which published numbers are of: 7 rows here, 1,500 there"
    assert online["explicit"] == {"rows": 7, "notes": [note]}


def test_what_datasets_has_kept(offline: dict[str, Any]) -> None:
    """With HF_HUB_OFFLINE, data that were read before are there."""
    assert offline["STSBenchmark"] == {"rows": 4, "notes": []}


def test_files_that_were_downloaded(offline: dict[str, Any]) -> None:
    """Files of `hf download` are read where `datasets` has kept nothing, which itself would not look there."""
    assert offline["SICK-R"] == {"rows": 5, "notes": []}


def test_another_revision(offline: dict[str, Any]) -> None:
    """Data of another revision, which `datasets` would take without a word, and half of the files are refused."""
    error = offline["BIOSSES"]["error"]
    assert f"it holds revision {'f' * 40}, and mteb asks for {REVISIONS['BIOSSES'][1]}" in error
    assert "data/test-00001-of-00002.jsonl of revision" in error


def test_nothing_is_asked_offline(offline: dict[str, Any]) -> None:
    """Neither the hub nor ModelScope, and the error says why."""
    assert offline["STS15"]["error"].count("not asked, because HF_HUB_OFFLINE is set") == 2


@pytest.mark.real("modelscope")
def test_the_real_client_of_modelscope(folder: Path) -> None:
    """It downloads from the server that MODELSCOPE_ENDPOINT names, without a word on stdout or stderr."""
    path, _ = REVISIONS["STS13"]
    with HubOfFiles({path: ("-", _copy(folder / "real", 3))}) as hub:
        there = {"MODELSCOPE_ENDPOINT": hub.url, "MODELSCOPE_CACHE": str(folder / "modelscope")}
        found = _run(folder, "real", {"real": ("STS13", path, "-", f"modelscope:{path}")}, there)
    assert found["real"] == {"rows": 3, "notes": []}


def _named(*names: str) -> dict[str, tuple[str, str, str, str]]:
    return {name: (name, *REVISIONS[name], "") for name in names}


def _run(folder: Path, cache: str, tasks: dict[str, Any], environment: dict[str, str]) -> dict[str, Any]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    around = {**kept, "HF_HOME": str(folder / "home"), "MTEB_CACHE": str(folder / "mteb"), **environment}
    around.setdefault("PYTHONPATH", str(Path.cwd()))
    command = [sys.executable, "-c", DRIVER, str(folder / cache), json.dumps(tasks)]
    ended = subprocess.run(command, env=around, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert not ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def _copy(folder: Path, rows: int) -> Path:
    """A data set of sentence pairs in the hub's layout."""
    (folder / "data").mkdir(parents=True)
    (folder / "README.md").write_text(
        "---\nconfigs:\n- config_name: default\n  data_files:\n  - split: test\n    path: data/test.jsonl\n---\n",
        encoding="utf-8",
    )
    lines = [{"sentence1": f"采购 {row}", "sentence2": f"order {row}", "score": row / rows} for row in range(rows)]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "data" / "test.jsonl").write_text(text, encoding="utf-8")
    return folder
