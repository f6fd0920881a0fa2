"""Tasks that mteb's own evaluator judges, with the embedder in its hands."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.catalogue.mteb.data_digest import digest_of
from harness.catalogue.mteb.hub import without_secrets
from harness.catalogue.mteb.kinds.rows import refused, splits_of
from harness.catalogue.mteb.sources import load_task
from harness.errors import EmbedderError, SuiteError
from harness.interop.mteb import door
from harness.interop.mteb.encoders import encoder
from harness.interop.mteb.result_reading import part_of
from harness.interop.mteb.task_types import KINDS, foreign_kind
from harness.model import Embedder, ForeignSuite, Ranker, Reranker, reads_images

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from harness.catalogue.mteb.place import MtebPlace
    from harness.interop.mteb.result_reading import Part

FILE = "foreign.json"

_ALONE: Mapping[str, Any] = {"cache": None, "co2_tracker": False, "show_progress_bar": False, "raise_error": False}
"""Without its own cache of results, which knows neither models nor data by what is in them."""
_LONGEST = 600
"""Characters of what mteb says about a failure."""


@dataclass(frozen=True)
class MtebJudge:
    """mteb, with a fresh task object for every embedder, so that what was judged before changes nothing.

    fingerprint: of the data that it is to judge on; they are read again for every embedder, and may have changed.
    """

    place: MtebPlace
    name: str
    fingerprint: str

    def report(self, embedder: Embedder | Ranker | Reranker) -> Mapping[str, float] | str:
        """See `Judge.report`."""
        return self._refusal(embedder) or _numbers(self._scores(embedder), self.place.entry.main_score)

    def _refusal(self, embedder: Embedder | Ranker | Reranker) -> str:
        """Why the embedder cannot be put into mteb's hands for this task; empty where it can."""
        entry = self.place.entry
        # mteb takes rankings of all documents, or of given ones, instead of vectors.
        ranks = isinstance(embedder, Ranker) and KINDS.get(entry.type) == "retrieval"
        orders = isinstance(embedder, Reranker) and KINDS.get(entry.type) == "reranking"
        if isinstance(embedder, Ranker | Reranker) and not (ranks or orders):
            return f"{embedder.identity} has no vectors; {self.name} judges {entry.name}, {entry.type}, by vectors"
        read = {"text", "image"} if reads_images(embedder) else {"text"}
        other = sorted(set(entry.modalities) - read)
        return f"{embedder.identity} reads no {' and no '.join(other)}, as {entry.name} has" if other else ""

    def _scores(self, embedder: Embedder | Ranker | Reranker) -> Part:
        mteb, theirs = door.module(), encoder(embedder)
        with door.undisturbed():
            task = self._task()
            type(task)()  # making one seeds what mteb draws from: a second embedder gets what the first one got
            try:
                result = mteb.evaluate(theirs, task, encode_kwargs={}, **_ALONE)
            except (ImportError, TypeError, ValueError) as error:  # it refuses some models before it tries
                raise EmbedderError(f"{self.name} does not take {embedder.identity}: {error}") from error
        if theirs.failed is not None:
            raise theirs.failed
        if result.exceptions:
            said = without_secrets(result.exceptions[0].exception)[:_LONGEST] or "it does not say why"
            raise EmbedderError(f"{self.name} could not judge {self.place.name}: {said}")
        (scores,) = result.task_results[0].scores[self.place.split]
        return part_of(self.place.split, self.place.subset, scores)

    def _task(self) -> Any:
        try:
            task = load_task(self.place).task
        except SuiteError as error:  # the data were there when the suite was made
            raise EmbedderError(str(error)) from error
        if _fingerprint(self.place, task) != self.fingerprint:
            raise EmbedderError(f"{self.place.name}: its data have changed since this run began. Run it again.")
        return task


def write_foreign(folder: Path, place: MtebPlace, task: Any, notes: Sequence[str] = ()) -> None:
    """Keep what is to be known about a task without loading it again, the digest of its rows first.

    Raises SuiteError where mteb would have nothing to learn from.
    """
    _check_train(place, task)
    with door.undisturbed():
        fingerprint = _fingerprint(place, task)
    judge = f"mteb {door.version()}"
    known = {
        "title": f"{place.entry.name}, {place.subset}, {place.split} ({place.entry.type}, judged by {judge})",
        "fingerprint": fingerprint,
        "judge": judge,
        "notes": list(notes),
    }
    (folder / FILE).write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")


def _check_train(place: MtebPlace, task: Any) -> None:
    """That the rows to learn from are there, where a task learns: mteb would miss them when it judges."""
    train = getattr(task, "train_split", "")
    if train and not len(splits_of(task, place).get(train, ())):
        raise refused(place, f"there are no rows in the split {train!r}, from which mteb learns before it judges")


def foreign_suite(place: MtebPlace, folder: Path) -> ForeignSuite:
    """The suite that `write_foreign` kept in `folder`."""
    known = json.loads((folder / FILE).read_text(encoding="utf-8"))
    return ForeignSuite(
        name=place.name,
        title=known["title"],
        licence=place.entry.licence,
        kind=foreign_kind(place.entry.type),
        judge=MtebJudge(place, known["judge"], known["fingerprint"]),
        headline=place.entry.main_score,
        fingerprint=known["fingerprint"],
        folder=str(place.folder),
        notes=tuple(known["notes"]),
    )


def _fingerprint(place: MtebPlace, task: Any) -> str:
    """Of the rows, of what is asked of them, and of who judges."""
    asked = [f"mteb {door.version()}", place.entry.name, place.subset, place.split]
    digest = hashlib.blake2b(json.dumps(asked, ensure_ascii=False).encode(), digest_size=16)
    digest.update(digest_of(task.dataset).encode())
    return digest.hexdigest()


def _numbers(part: Part, headline: str) -> dict[str, float] | str:
    """The finite numbers among mteb's scores, the headline first, or that it is none."""
    if part.main is None:
        return f"mteb's main score, {headline}, is undefined on these data"
    return {headline: part.main, **part.numbers}
