"""Data sets of ModelScope, where its package is installed."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from harness.catalogue.mteb.hub import silence_of, was_silent, without_secrets
from harness.interop.mteb import door

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

NOT_INSTALLED = "its package is not installed (pip install modelscope)"
_HOST = "ModelScope"
_NO_ANSWER = {"builtins": ("ConnectionError", "TimeoutError"), "requests": ("ConnectionError", "Timeout")}
_LOGS = ("modelscope", "modelscope_hub")


def modelscope_folder(name: str) -> Path | str:
    """The folder with all files of `ORGANISATION/DATASET` or `ORGANISATION/DATASET@REVISION`, or why there is none.

    MODELSCOPE_ENDPOINT and MODELSCOPE_CACHE are its own to read.
    """
    if find_spec("modelscope") is None:
        return NOT_INSTALLED
    known = silence_of(_HOST)
    if known:
        return known
    path, _, revision = name.partition("@")
    download = door.module("modelscope.hub.snapshot_download").dataset_snapshot_download
    raised = _errors(door.module("modelscope.hub.errors"))
    try:
        with door.undisturbed(), _quiet():
            return Path(download(path, revision=revision or None))
    except raised as error:
        why = without_secrets(str(error).partition("\n")[0])[:300]
        if isinstance(error, door.errors(_NO_ANSWER)):
            was_silent(_HOST, why)
        return why


def _errors(module: ModuleType) -> tuple[type[Exception], ...]:
    """All that ModelScope names as such, whichever its version; requests, below it, raises OSErrors."""
    named = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Exception)]
    return (OSError, ValueError, *named)


@contextmanager
def _quiet() -> Iterator[None]:
    """It logs every file; its loggers have levels of their own."""
    logs = [logging.getLogger(name) for name in _LOGS]
    before = [log.level for log in logs]
    try:
        for log in logs:
            log.setLevel(logging.CRITICAL)
        yield
    finally:
        for log, level in zip(logs, before, strict=True):
            log.setLevel(level)
