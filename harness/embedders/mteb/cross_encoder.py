"""A cross-encoder of mteb's registry as a scorer of pairs, hence a reranker."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.mteb.facts import mteb_facts
from harness.embedders.mteb.identity import identity_of
from harness.embedders.mteb.loading import load, silently
from harness.embedders.mteb.prompts import tasks_by_role
from harness.interop.mteb.feeding import array_of, texts_fed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.embedders.facts import Facts
    from harness.embedders.mteb.entry import Entry
    from harness.embedders.pair_scores import Pair
    from harness.model import Floats


class MtebPairScorer:
    """Scores as `mteb.evaluate` gets them from this model, loaded when the first pair comes."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._task = tasks_by_role(entry.settings.task, entry.spec.text)["query"]
        self.identity = identity_of(entry, {"query": self._task}, None)

    def score(self, pairs: Sequence[Pair]) -> Floats:
        """A number per pair, n. Raises EmbedderError when the model cannot be loaded."""
        if not pairs:
            return np.empty(0)
        model, size = self._model, self._entry.settings.batch_size
        # Pairs of like length in one batch need little padding; mteb leaves them as they come.
        order = sorted(range(len(pairs)), key=lambda place: -sum(map(len, pairs[place])))
        queries, documents = zip(*(pairs[place] for place in order), strict=True)
        with silently():
            found = model.predict(
                texts_fed(queries, "query", size),
                texts_fed(documents, "document", size),
                task_metadata=self._task,
                hf_split="test",
                hf_subset="default",
                batch_size=size,
                show_progress_bar=False,
            )
        answered = np.asarray(array_of(found), dtype=np.float64)
        scores: Floats = np.empty(answered.shape)
        scores[order] = answered
        return scores

    def facts(self) -> Facts:
        """From the model's files and the loaded model, else from mteb's entry."""
        return mteb_facts(self._entry, self.__dict__.get("_model"))

    @cached_property
    def _model(self) -> Any:
        return load(self._entry)
