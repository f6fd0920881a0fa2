"""Models of mteb's registry: `mteb:NAME?option=value&…`, loaded and prompted by mteb's own code.

Options that decide the vectors: revision, path, task, trust_remote_code. Options that do not: device, batch_size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.embedders.mteb.cross_encoder import MtebPairScorer
from harness.embedders.mteb.encoder import MtebEmbedder
from harness.embedders.mteb.entry import find_entry

if TYPE_CHECKING:
    from harness.model import Spec


def open_mteb(spec: Spec) -> MtebEmbedder | MtebPairScorer:
    """The model of the registry called `spec.name`: an embedder, or who scores pairs where it is a cross-encoder.

    Imports mteb, and loads no weights. Raises MissingExtraError without mteb; UsageError for a name that is not in the
    registry, a model that makes no vectors of texts, or one that brings code of its own which nobody has trusted;
    EmbedderError for files that cannot be had.
    """
    entry = find_entry(spec)
    return MtebPairScorer(entry) if entry.meta.is_cross_encoder else MtebEmbedder(entry)
