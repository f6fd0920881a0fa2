"""Loading a model of sentence-transformers: without noise, and with errors that say which."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from harness.embedders.threads import limit_tokenizers, thread_count
from harness.errors import EmbedderError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


def loaded(spec: str, make: Callable[[], T]) -> T:
    """The model that `make` loads, on as many threads as an embedder may use.

    Raises MissingExtraError where the library or a part of it is missing, EmbedderError naming `spec` for a folder that
    lacks a file or holds a broken one.
    """
    try:
        # 7 s that only a command which runs a model pays.
        import sentence_transformers  # noqa: F401 # whether it is there
        import torch
        from safetensors import SafetensorError
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name or "sentence_transformers", "st") from error
    torch.set_num_threads(thread_count())
    limit_tokenizers()
    # What the libraries raise over such a folder.
    faults = (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError, RuntimeError, SafetensorError)
    try:
        with quiet():
            return make()
    except faults as error:
        raise EmbedderError(f"{spec}: the model cannot be loaded: {error}") from error


@contextmanager
def quiet() -> Iterator[None]:
    """Without the progress bars and the advice of transformers, which are not about the evaluation."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
