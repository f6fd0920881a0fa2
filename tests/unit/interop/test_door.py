"""The door to mteb says what is missing or too old, and lets nothing of mteb's through but its numbers."""

from __future__ import annotations

import importlib
import json
import logging
import random
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.errors import EmbedderError, MissingExtraError
from harness.interop.mteb import door

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("version", ["2.26", "2.26.0rc1", "2.27.dev3", "3.0"])
def test_a_version_that_is_new_enough(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told as it is, whatever is behind its first two numbers."""
    monkeypatch.setattr(door, "version_of", lambda _: version)
    assert door.version() == version


@pytest.mark.parametrize("version", ["1.38.57", "2.9.1", "2"])
def test_a_version_that_is_too_old(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One error names the version that is there, the least that is needed, and how to get it."""
    monkeypatch.setattr(door, "version_of", lambda _: version)
    with pytest.raises(MissingExtraError) as caught:
        door.version()
    assert str(caught.value) == (
        f"mteb 2.26 or newer (this is {version}) is not installed. "
        "Install it with: pip install 'embedding-harness[mteb]'"
    )


def test_no_module_of_an_old_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before mteb is imported for the first time, its version is looked at."""
    monkeypatch.setattr(door, "version_of", lambda _: "1.0")
    with pytest.raises(MissingExtraError, match="or newer"):
        door.module("mteb.not_imported_by_anyone")


def test_mteb_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without mteb, the error says how to install it."""

    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(door, "version_of", missing)
    with pytest.raises(MissingExtraError, match=r"mteb is not installed.*embedding-harness\[mteb\]"):
        door.version()


def test_a_module_that_is_missing() -> None:
    """What mteb needs and is not there is called by the name of its package."""
    with pytest.raises(MissingExtraError, match="no_such_package is not installed"):
        door.module("no_such_package.part")


def test_what_a_module_needs_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is what the error names."""
    (tmp_path / "needy.py").write_text("import no_such_package.part", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingExtraError, match="no_such_package is not installed"):
        door.module("needy")


def test_a_module_that_was_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that somebody has blocked is missing."""
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(MissingExtraError, match="datasets is not installed"):
        door.module("datasets")


@pytest.mark.parametrize(
    ("raised", "advice"),
    [("PermissionError(13, 'denied', 'folder')", "MTEB_CACHE"), ("ImportError('no old_name')", "pip install --upgr")],
)
def test_a_module_that_cannot_be_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: str, advice: str
) -> None:
    """It is installed: the error says why nevertheless, and what to do."""
    (tmp_path / "broken_one.py").write_text(f"raise {raised}", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(EmbedderError, match=rf"^broken_one cannot be imported: .*(denied|old_name).*{advice}"):
        door.module("broken_one")


def test_errors_of_other_libraries() -> None:
    """Those of modules that are imported, and that have them."""
    named = {"builtins": ("OSError", "NoSuchError"), "no_such_module": ("Error",), "json": ("JSONDecodeError",)}
    assert door.errors(named) == (OSError, json.JSONDecodeError)


def test_random_numbers_go_on() -> None:
    """Seeding within changes nothing outside, in any of the three libraries."""
    torch = importlib.import_module("torch") if find_spec("torch") else None
    draws = [random.random, np.random.random, *([lambda: float(torch.rand(()))] if torch else [])]
    states = random.getstate(), np.random.get_state(), torch.get_rng_state() if torch else None  # noqa: NPY002 # global
    expected = [draw() for draw in draws]
    random.setstate(states[0])
    np.random.set_state(states[1])  # noqa: NPY002 # the global one is what mteb seeds
    if torch:
        torch.set_rng_state(states[2])
    with door.undisturbed():
        random.seed(42)
        np.random.seed(42)  # noqa: NPY002 # as mteb does
        if torch:
            torch.manual_seed(42)
    assert [draw() for draw in draws] == expected


def test_nobody_sees_what_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints, logs and warnings within are lost; afterwards they are as loud as before."""
    log = logging.getLogger("mteb.somewhere")
    level = logging.getLogger("mteb").level
    with door.undisturbed():
        print("noise")  # noqa: T201 # as a task of mteb's may
        warnings.warn("noise", stacklevel=1)
        assert not log.isEnabledFor(logging.ERROR)
    assert logging.getLogger("mteb").level == level
    with pytest.warns(UserWarning, match="heard"):
        warnings.warn("heard", stacklevel=1)
    print("heard")  # noqa: T201 # to see that it can be
    assert capsys.readouterr() == ("heard\n", "")


def test_what_goes_wrong_within_gives_all_back() -> None:
    """An error passes, and the levels of logs and the bars are as before."""
    level = logging.getLogger("datasets").level
    with pytest.raises(KeyError), door.undisturbed():
        raise KeyError
    assert logging.getLogger("datasets").level == level


@pytest.mark.real("mteb")
def test_no_bar_is_drawn_within(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither tqdm nor datasets draw a bar within; both do so again afterwards."""
    tqdm, datasets = importlib.import_module("tqdm.auto"), importlib.import_module("datasets")
    with door.undisturbed():
        list(tqdm.tqdm(range(3)))
        assert datasets.are_progress_bars_disabled()
    assert capsys.readouterr().err == ""
    assert not datasets.are_progress_bars_disabled()
    list(tqdm.tqdm(range(3)))
    assert "3/3" in capsys.readouterr().err


def test_one_may_be_entered_within_another() -> None:
    """It may be entered twice, as functions that use it call each other."""
    before = sys.stdout
    with door.undisturbed(), door.undisturbed():
        assert sys.stdout is not before
    assert sys.stdout is before


def test_threads_silence_and_give_back_in_any_order() -> None:
    """What one thread has silenced, another one that leaves later gives back; nobody waits."""
    before, level = sys.stdout, logging.getLogger("mteb").level
    first, second = door.undisturbed(), door.undisturbed()
    first.__enter__()
    with ThreadPoolExecutor(1) as other:
        other.submit(second.__enter__).result(timeout=10)
        first.__exit__(None, None, None)
        assert sys.stdout is not before
        other.submit(second.__exit__, None, None, None).result(timeout=10)
    assert sys.stdout is before
    assert logging.getLogger("mteb").level == level
