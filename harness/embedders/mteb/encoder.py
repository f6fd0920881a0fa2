"""An encoder of mteb's registry as an embedder."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.mteb.facts import mteb_facts
from harness.embedders.mteb.identity import identity_of
from harness.embedders.mteb.loading import load, silently
from harness.embedders.mteb.prompts import put_before, tasks_by_role
from harness.embedders.st.tokenizer import st_tokenizer
from harness.errors import EmbedderError
from harness.interop.mteb import door
from harness.interop.mteb.feeding import array_of, prompt_type, texts_fed
from harness.model import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.embedders.facts import Facts
    from harness.embedders.mteb.entry import Entry
    from harness.embedders.tokenising import Tokenizer
    from harness.model import Role, Vectors


class MtebEmbedder:
    """Vectors as `mteb.evaluate` gets them from this model, loaded when the first text comes.

    The model is told of a task, from which many choose a prompt: see `prompts`. Raises what `find_entry` raises on
    construction, which loads no weights.
    """

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._tasks = tasks_by_role(entry.settings.task, entry.spec.text)
        self._prompts = self._known_prompts()
        self.identity = identity_of(entry, self._tasks, self._prompts)

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of `texts`, n × d. Raises EmbedderError when the model cannot be loaded."""
        if not texts:
            return self.embed(["a"], role)[:0]
        size = self._entry.settings.batch_size
        model = self._model
        with silently():
            found = model.encode(
                texts_fed(texts, role, size),
                task_metadata=self._tasks[role],
                hf_split="test",
                hf_subset="default",
                prompt_type=prompt_type(role),
                batch_size=size,
                show_progress_bar=False,
            )
        return np.ascontiguousarray(array_of(found), dtype=np.float32)

    def facts(self) -> Facts:
        """From the model's files and the loaded model, else from mteb's entry."""
        return mteb_facts(self._entry, self.__dict__.get("_model"))

    def findings(self, texts: Sequence[str]) -> Sequence[Finding]:
        """Under which similarity mteb compares its vectors, where that is not cosine."""
        del texts
        similarity = getattr(self._entry.meta.similarity_fn_name, "value", "cosine")
        if similarity == "cosine":
            return ()
        note = f"mteb compares the vectors of this model by {similarity}; to do so here, add similarity={similarity}"
        return (Finding("mteb_similarity", None, note),)

    @cached_property
    def tokenizer(self) -> Tokenizer | None:
        """The model's own, where texts go into it as they are but for a prompt."""
        checkpoint = self._entry.checkpoint
        if self._prompts is None or checkpoint is None:
            return None
        return st_tokenizer(checkpoint, self._prompts, None, trusted=bool(self._entry.settings.trusted))

    def _known_prompts(self) -> dict[Role, str] | None:
        """What is put before a text in each role; None where only mteb's code for this model knows."""
        entry = self._entry
        wrapper = door.module("mteb.models").SentenceTransformerEncoderWrapper
        if entry.meta.loader is not wrapper or entry.checkpoint is None:
            return None
        try:
            return put_before(entry.meta.loader_kwargs.get("model_prompts"), entry.checkpoint, self._tasks)
        except EmbedderError as error:
            raise EmbedderError(f"{error} With mteb:, a folder is given as path=FOLDER.") from error

    @cached_property
    def _model(self) -> Any:
        model = load(self._entry)
        if not hasattr(model, "encode"):
            raise EmbedderError(f"{self._entry.spec.text}: mteb's model searches by itself and makes no vectors")
        return model
