"""The one door to mteb: imported where it is used, silent, and without a trace in anybody's random numbers."""

from __future__ import annotations

import io
import logging
import random
import re
import sys
import threading
import warnings
from contextlib import ExitStack, contextmanager, redirect_stdout
from importlib import import_module
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.errors import EmbedderError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import ModuleType

EXTRA = "mteb"
LEAST = (2, 26)
"""The first version of mteb that is known to work."""
_REPAIR = f"pip install --upgrade 'embedding-harness[{EXTRA}]' brings versions that fit together"
_LOGS = ("mteb", "datasets", "huggingface_hub")


def version() -> str:
    """The version of mteb that is installed; importing it is not needed to know.

    Raises MissingExtraError where there is none, or one that is too old.
    """
    try:
        found = version_of("mteb")
    except PackageNotFoundError as error:
        raise MissingExtraError("mteb", EXTRA) from error
    if tuple(map(int, re.findall(r"\d+", found)[:2])) < LEAST:
        least = ".".join(map(str, LEAST))
        raise MissingExtraError(f"mteb {least} or newer (this is {found})", EXTRA)
    return found


def module(name: str = "mteb") -> ModuleType:
    """mteb, or a module of it or of what it needs, by its full name.

    To be asked for by the function that needs it: the first time takes 3 s and 300 MB. Raises MissingExtraError, and
    EmbedderError where it is installed and its import fails.
    """
    if sys.modules.get(name) is not None:
        return import_module(name)  # waits where another thread is importing it
    if name.partition(".")[0] == "mteb":
        version()
    try:
        with undisturbed():
            return import_module(name)
    except ModuleNotFoundError as error:
        raise MissingExtraError((error.name or name).partition(".")[0], EXTRA) from error
    except (ImportError, OSError) as error:  # OSError: mteb makes a folder, torch loads its libraries
        hint = "MTEB_CACHE and HF_HOME name the folders that it writes to" if isinstance(error, OSError) else _REPAIR
        raise EmbedderError(f"{name} cannot be imported: {error}. {hint}.") from error


def errors(named: Mapping[str, Sequence[str]]) -> tuple[type[Exception], ...]:
    """Errors of other libraries, by module and name. None of a module that is not imported: nobody can raise them."""
    found = [getattr(sys.modules.get(module), name, None) for module, names in named.items() for name in names]
    return tuple(error for error in found if error is not None)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Within, mteb may warn, log, print, draw bars and seed: nobody sees it, nor do random numbers outside change.

    Making one of its tasks seeds random, numpy and torch for the whole process.
    """
    with _random_states(), _SILENCE:
        yield


@contextmanager
def _random_states() -> Iterator[None]:
    python, arrays = random.getstate(), np.random.get_state()  # noqa: NPY002 # to give it back
    torch = sys.modules.get("torch")
    tensors = torch.get_rng_state() if torch is not None else None
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(arrays)  # noqa: NPY002 # the same
        if torch is not None and tensors is not None:
            torch.set_rng_state(tensors)


class _Silence:
    """Lasts from the first who enters it to the last who leaves: what it changes is one for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._given_back = ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                for changed in (_no_warnings, _no_logs, _no_prints):
                    self._given_back.enter_context(changed())
            for hidden in (_no_bars, _no_tqdm):  # what draws them may have been imported since
                self._given_back.enter_context(hidden())
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._given_back.close()


_SILENCE = _Silence()


@contextmanager
def _no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _no_prints() -> Iterator[None]:
    with redirect_stdout(io.StringIO()):
        yield


@contextmanager
def _no_logs() -> Iterator[None]:
    logs = [logging.getLogger(name) for name in _LOGS]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)


@contextmanager
def _no_bars() -> Iterator[None]:
    """The bars of datasets and of the hub, where they are imported by now."""
    found: list[Any] = [sys.modules.get(name) for name in ("datasets", "huggingface_hub.utils")]
    there = [one for one in found if hasattr(one, "are_progress_bars_disabled")]  # not half imported
    shown = [one for one in there if not one.are_progress_bars_disabled()]
    for one in shown:
        one.disable_progress_bars()
    try:
        yield
    finally:
        for one in shown:
            one.enable_progress_bars()


@contextmanager
def _no_tqdm() -> Iterator[None]:
    """mteb's own bars: each has a switch, of which mteb leaves some on whatever it is asked."""
    bar: Any = getattr(sys.modules.get("tqdm.std"), "tqdm", None)
    if bar is None or bar.__init__.__name__ == _hidden.__name__:
        yield
        return
    shown = bar.__init__
    bar.__init__ = _hidden(shown)
    try:
        yield
    finally:
        bar.__init__ = shown


def _hidden(shown: Callable[..., None]) -> Callable[..., None]:
    def _hidden(self: Any, *given: Any, **named: Any) -> None:
        shown(self, *given, **named | {"disable": True})

    return _hidden
