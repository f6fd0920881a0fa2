"""Suites of ours as tasks of mteb: mteb brings the model, we judge.

import harness, mteb
from harness.interop.mteb import as_task

tasks = [as_task(harness.load_suite(place)) for place in harness.find_places("zh")]
mteb.evaluate(mteb.get_model("intfloat/multilingual-e5-small"), tasks)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.errors import EmbedderError, UsageError
from harness.evaluate import evaluate
from harness.interop.mteb import door
from harness.interop.mteb.encoders import Encoder
from harness.interop.mteb.searcher import Searcher
from harness.interop.mteb.task_names import NO_LANGUAGE, SPLIT, SUBSET, task_name
from harness.interop.mteb.their_encoder import TheirEncoder
from harness.model import ForeignSuite, RankingTask, RerankingTask, Suite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.evaluate import Outcome
    from harness.model import Embedder, Ranker, Reranker

_TYPES: Mapping[str, str] = {
    "analogy": "Retrieval",
    "bitext": "BitextMining",
    "classification": "Classification",
    "clustering": "Clustering",
    "composition": "Retrieval",
    "pairs": "PairClassification",
    "process": "PairClassification",
    "reranking": "Reranking",
    "retrieval": "Retrieval",
    "similarity": "STS",
    "triplets": "Reranking",
}
"""Kind → the nearest of mteb's types, which nobody can add to. Some models choose their prompt by it; nothing else
depends on it, because the judging is ours. A kind that is not here is called STS: mteb's plainest."""


class _SuiteTask:
    """What makes a task of mteb out of a suite, above mteb's own AbsTask.

    Not above its AbsTaskRetrieval, AbsTaskClustering and so on: they would judge, each kind a little otherwise than we
    do, and four of our kinds have no such class.
    """

    suite: Suite
    metadata: Any
    dataset: Any
    data_loaded: bool

    def load_data(self, num_proc: int | None = None, *, timer: Any = None) -> None:
        """The suite has its data already."""
        del num_proc, timer
        self.dataset, self.data_loaded = {SUBSET: {SPLIT: self.suite}}, True

    def _evaluate_subset(self, model: Any, data_split: Suite, **options: Any) -> dict[str, float]:
        asked = {"task_metadata": self.metadata, "hf_split": options["hf_split"], "hf_subset": options["hf_subset"]}
        candidate = _own(model) or TheirEncoder(model, asked, options.get("encode_kwargs") or {})
        return _scores(data_split, candidate, evaluate(data_split, candidate))

    def _calculate_descriptive_statistics_from_split(self, split: str, **_: Any) -> dict[str, int]:
        del split
        return {"num_samples": self.suite.size}


def as_task(suite: Suite | ForeignSuite, languages: Sequence[str] = (NO_LANGUAGE,)) -> Any:
    """A suite as a task for `mteb.evaluate`: any encoder of mteb's, judged as `harness run` judges.

    The scores go by our names, every metric of the suite, the first as mteb's main score. The role of a text is its
    prompt type; an instruction of the suite stands before its texts. name and revision hold a digest of the rows and
    of the metrics: when those change, mteb's cache of results takes it for another task. languages: as mteb writes
    them, cmn-Hans or eng-Latn.

    What `encoder` made of an embedder or ranker of ours is judged without the way through mteb. Raises UsageError for
    a task of mteb's own, MissingExtraError without mteb.
    """
    if isinstance(suite, ForeignSuite):
        raise UsageError(f"{suite.name} is judged by {suite.judge.name} itself: take it from mteb.get_task")
    abstask = door.module("mteb.abstasks.abstask").AbsTask
    name = task_name(suite.name, suite.fingerprint, [metric.name for metric in suite.metrics])
    ranked = isinstance(suite.task, RankingTask | RerankingTask)
    members = {
        "suite": suite,
        "metadata": _metadata(suite, name, languages),
        "_support_search": ranked,  # private to mteb, but its only way to say that rankers are welcome
    }
    # To make any task of mteb's seeds the process.
    with door.undisturbed():
        return type(name, (_SuiteTask, abstask), members)()


def _metadata(suite: Suite, name: str, languages: Sequence[str]) -> Any:
    pictured = any(texts.pictured() for texts in suite.task.texts().values())
    return door.module("mteb").TaskMetadata(
        name=name,
        description=" ".join([f"{suite.title} ({suite.kind}, {suite.licence})", *suite.notes]),
        type=_TYPES.get(suite.kind, "STS"),
        modalities=["text", "image"] if pictured else ["text"],
        eval_splits=[SPLIT],
        eval_langs=list(languages),
        main_score=suite.headline.name,
        dataset={"path": suite.name, "revision": suite.fingerprint},
    )


def _own(model: Any) -> Embedder | Ranker | Reranker | None:
    """The embedder or ranker of ours that is behind a model of mteb's."""
    return model.candidate if isinstance(model, Encoder | Searcher) else None


def _scores(suite: Suite, candidate: Embedder | Ranker | Reranker, outcome: Outcome) -> dict[str, float]:
    """Metric → number. Where one is undefined it is left out: mteb would write NaN, which no JSON has."""
    if outcome.status != "ok":
        raise UsageError(f"{suite.name}: {outcome.reason}")
    found = {score.metric: score.value for score in outcome.scores if score.value is not None}
    for score in outcome.scores:
        if score.metric == suite.headline.name and score.value is None:
            raise EmbedderError(f"{suite.name}: {candidate.identity} has no {score.metric}: {score.reason}")
    return found
