"""Loading a model with mteb's loader, as `mteb.evaluate` does, but silently."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from harness.embedders.st.loading import loaded
from harness.errors import EmbedderError
from harness.interop.mteb import door

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.embedders.mteb.entry import Entry


def load(entry: Entry) -> Any:
    """mteb's model with its weights. Raises EmbedderError, where a package is missing with what to install."""
    checkpoint, meta = entry.checkpoint, entry.meta
    if checkpoint is not None:
        # mteb hands the name to the library that loads, which takes a folder for a name.
        meta = meta.model_copy(update={"name": checkpoint.source, "revision": checkpoint.commit or meta.revision})

    def make() -> Any:
        try:
            with silently():
                return meta.load_model(device=entry.settings.device)
        except ImportError as error:
            raise EmbedderError(f"{entry.spec.text}: {error}") from error
        except OSError as error:
            raise EmbedderError(
                f"{entry.spec.text}: its files cannot be had: {error}. Give a folder that holds them as path=FOLDER, "
                "or point HF_HOME at a cache that does"
            ) from error

    return loaded(entry.spec.text, make)


@contextmanager
def silently() -> Iterator[None]:
    """As `door.undisturbed`, and without the advice of sentence-transformers to mteb."""
    log = logging.getLogger("sentence_transformers")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with door.undisturbed():
            yield
    finally:
        log.setLevel(level)
