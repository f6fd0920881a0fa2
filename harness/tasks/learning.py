"""The one door to scikit-learn."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from harness.errors import MissingExtraError

if TYPE_CHECKING:
    from types import ModuleType


def scikit_learn(module: str) -> ModuleType:
    """A module of scikit-learn by its full name, or one that comes with it.

    To be asked for by the function that needs it: it takes 0.7 s, and is not in every installation. Raises
    MissingExtraError without scikit-learn.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError("scikit-learn", "probes") from error
