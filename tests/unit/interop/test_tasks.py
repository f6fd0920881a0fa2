"""A suite as a task of mteb: our numbers of any model of mteb's, under a name that means the rows."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import harness.catalogue
from harness.catalogue import Place, find_places, load_suite
from harness.embedders.resolve import open_embedder, parse_spec
from harness.errors import EmbedderError, UsageError
from harness.evaluate import evaluate
from harness.interop.mteb import as_task, encoder
from harness.model import ForeignSuite, Identity, Usage
from harness.search import FLOAT32, SIMILARITIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Role, Suite, Vectors

pytestmark = [
    pytest.mark.skipif(find_spec("mteb") is None, reason="needs mteb: pip install 'embedding-harness[mteb]'"),
    pytest.mark.filterwarnings("ignore"),  # mteb and what it imports warn about themselves
]

SUITES = {
    "analogy": "zh/analogy",
    "bitext": "zh/cross-lingual/bitext",
    "classification": "zh/sentiment",
    "clustering": "zh/categories",
    "composition": "zh/composition",
    "pairs": "zh/polysemy",
    "process": "zh/process",
    "reranking": "",
    "retrieval": "zh/instruction/topic",
    "similarity": "zh/similarity",
    "triplets": "zh/word-order",
}
"""A suite of each kind; of the kind that none is built in of, the one that a new suite begins as."""


@cache
def suite(kind: str) -> Suite:
    """Read once for all tests."""
    template = Path(harness.catalogue.__file__).parent / "templates" / kind
    place = find_places(SUITES[kind])[0] if SUITES[kind] else Place(kind, template)
    return load_suite(place)


SCALES = {"query": [1.0, 2.0], "document": [2.0, 1.0], "either": [3.0, 3.0]}


class Hashing:
    """Vectors that differ between a query, a document and a text that is neither, and are not of unit length."""

    identity = Identity("test", "hashing", "1")

    def __init__(self, similarity: str = "cosine") -> None:
        self._inner = open_embedder(parse_spec("baseline:hashing?dim=64"))
        self.usage = Usage(SIMILARITIES[similarity], FLOAT32)

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """n × 64."""
        scale = np.tile(np.array(SCALES[role], np.float32), 32)
        return self._inner.embed(texts, role) * scale  # type: ignore[union-attr]  # it embeds


class Theirs:
    """The same for mteb, by an encoder that knows nothing of us and returns a tensor."""

    def __init__(self, model: Any = None, similarity: str | None = None) -> None:
        from mteb.models import ModelMeta
        from mteb.models.model_meta import ScoringFunction

        named = ScoringFunction(similarity) if similarity else None
        self.mteb_model_meta = ModelMeta.create_empty(
            {"name": "test/theirs", "revision": "1", "similarity_fn_name": named, "modalities": ["text", "image"]}
        )
        self.asked: list[tuple[str | None, list[str], dict[str, Any]]] = []
        self._model = model or Hashing()

    def encode(self, inputs: Any, *, prompt_type: Any = None, **options: Any) -> Any:
        """In batches."""
        import torch

        texts = [text for batch in inputs for text in batch["text"]]
        self.asked.append((prompt_type, texts, options))
        return torch.as_tensor(self._model.embed(texts, getattr(prompt_type, "value", "either")))

    def similarity(self, one: Any, other: Any) -> Any:
        """Is not asked: we compare."""
        raise NotImplementedError

    similarity_pairwise = similarity


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """mteb makes a folder when it is imported; not in the user's home."""
    monkeypatch.setenv("MTEB_CACHE", str(tmp_path / "mteb"))


def judged(model: Any, task: Any, **options: Any) -> dict[str, Any]:
    """All that mteb reports."""
    import mteb

    given = {"cache": None, "co2_tracker": False, "show_progress_bar": False} | options
    (scored,) = mteb.evaluate(model, task, **given)[0].scores["test"]
    return dict(scored)


@pytest.mark.parametrize("kind", SUITES)
def test_every_kind_has_our_numbers(kind: str) -> None:
    """Every metric within 1e-6, of an embedder of ours and of an encoder of theirs, the headline as the main score."""
    ours = suite(kind)
    expected = {score.metric: score.value for score in evaluate(ours, Hashing()).scores if score.value is not None}
    for model in (encoder(Hashing()), Theirs()):
        scored = judged(model, as_task(ours))
        assert {name: scored[name] for name in expected} == pytest.approx(expected, abs=1e-6)
        assert scored["main_score"] == scored[ours.headline.name]
        assert expected.keys() == scored.keys() - {"main_score", "hf_subset", "languages", "mteb_version"}


def test_a_ranker_of_ours_takes_rankings() -> None:
    """And no other kind: mteb says so."""
    bm25 = open_embedder(parse_spec("bm25:"))
    retrieval = suite("retrieval")
    expected = {score.metric: score.value for score in evaluate(retrieval, bm25).scores}
    scored = judged(encoder(bm25), as_task(retrieval))
    assert {name: scored[name] for name in expected} == expected
    with pytest.raises(TypeError, match="does not support Search"):
        judged(encoder(bm25), as_task(suite("similarity")))


def test_a_model_of_mteb_takes_it() -> None:
    """Its random encoder knows nothing of what is similar."""
    import mteb

    scored = judged(mteb.get_model("mteb/baseline-random-encoder"), as_task(suite("similarity")))
    assert abs(scored["spearman"]) < 0.3


def test_roles_and_the_instruction_reach_the_model() -> None:
    """Prompt types as mteb's own tasks give them, each text once, in batches of the size that is asked for."""
    model, ours = Theirs(), suite("retrieval")
    judged(model, as_task(ours), encode_kwargs={"batch_size": 3})
    asked = ours.task.texts()
    assert asked["queries"].instruction
    assert {(role, tuple(texts)) for role, texts, _ in model.asked} == {
        (texts.role, tuple(dict.fromkeys(texts.prompted()))) for texts in asked.values()
    }
    assert all(options["batch_size"] == 3 and options["hf_split"] == "test" for *_, options in model.asked)


def test_vectors_are_compared_as_the_model_says() -> None:
    """dot and cosine differ on vectors that are not of unit length; what is not ours to compare is refused."""
    ours = suite("retrieval")
    by_dot = {score.metric: score.value for score in evaluate(ours, Hashing("dot")).scores}
    scored = judged(Theirs(similarity="dot"), as_task(ours))
    assert {name: scored[name] for name in by_dot} == pytest.approx(by_dot, abs=1e-6)
    assert scored["main_score"] != pytest.approx(judged(Theirs(), as_task(ours))["main_score"], abs=1e-6)
    with pytest.raises(EmbedderError, match="compares vectors by MaxSim"):
        judged(Theirs(similarity="MaxSim"), as_task(ours))


class Wrong:
    """An embedder that always returns the same number, and one vector too few where it is 0."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def embed(self, texts: Sequence[str], role: Role) -> Any:
        """n × 2."""
        del role
        return np.full((len(texts) - (self._answer == 0), 2), self._answer)


@pytest.mark.parametrize(
    ("answer", "fault"), [(math.nan, "NaN or infinity"), (0, "returned a Tensor"), (1.0, "has no spearman")]
)
def test_what_cannot_be_judged_is_an_error(answer: float, fault: str) -> None:
    """Numbers that are none, a vector too few, a headline that is undefined on equal vectors; never a NaN."""
    with pytest.raises(EmbedderError, match=fault):
        judged(Theirs(Wrong(answer)), as_task(suite("similarity")))


def test_pictures_are_pictures_of_pillow() -> None:
    """A model of mteb's is handed what its own image tasks hand in; an embedder of ours gets the same pixels."""
    pytest.importorskip("PIL", reason="needs Pillow: pip install 'embedding-harness[images]'")
    from harness.embedders.st.pictures import apart

    def shades(pictures: Sequence[Any]) -> Vectors:
        return np.array([np.asarray(picture.resize((4, 4))).ravel() for picture in pictures], np.float32)

    class Sees(Hashing):
        identity = Identity("test", "sees", "1")
        reads_images = True

        def embed(self, texts: Sequence[str], role: Role) -> Vectors:
            del role
            return apart(texts, lambda words: super(Sees, self).embed(words, "either")[:, :48], shades)

    class TheirsSees(Theirs):
        def encode(self, inputs: Any, *, prompt_type: Any = None, **options: Any) -> Any:
            batches = list(inputs)
            if "image" not in batches[0]:
                return Theirs.encode(self, batches, prompt_type=prompt_type, **options)
            return shades([picture for batch in batches for picture in batch["image"]])

    ours = load_suite(find_places("pictures/zh")[0])
    expected = {score.metric: score.value for score in evaluate(ours, Sees()).scores}
    scored = judged(TheirsSees(Sees()), as_task(ours))
    assert {name: scored[name] for name in expected} == pytest.approx(expected, abs=1e-6)


def test_a_name_means_rows_and_metrics() -> None:
    """Other rows or other metrics are another task to mteb, and the name is a file's name."""
    ours = suite("retrieval")
    tasks = [
        as_task(one) for one in (ours, replace(ours, fingerprint="0" * 32), replace(ours, metrics=ours.metrics[::-1]))
    ]
    names = [task.metadata.name for task in tasks]
    assert len(set(names)) == 3
    assert all(name.startswith("zh-instruction-topic-") for name in names)
    assert [task.metadata.revision for task in tasks] == [ours.fingerprint, "0" * 32, ours.fingerprint]
    assert as_task(ours).metadata.name == names[0]


def test_results_of_changed_rows_are_new(tmp_path: Path) -> None:
    """mteb keeps a result for each, as JSON that holds no NaN, and takes the first from its cache the second time."""
    import mteb

    cached = mteb.ResultCache(tmp_path)
    ours, model = suite("pairs"), Theirs()
    changed = replace(ours, fingerprint="f" * 32)
    for one in (ours, changed, ours):
        judged(model, as_task(one), cache=cached)
    assert len(model.asked) == 2 * len(ours.task.texts())
    files = list(tmp_path.rglob("zh-polysemy-*.json"))
    assert len(files) == 2
    for file in files:
        json.loads(file.read_text(encoding="utf-8"), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_languages_are_what_the_user_says() -> None:
    """A suite does not know its own; by default they are undetermined."""
    known, unknown = as_task(suite("pairs"), ("cmn-Hans",)), as_task(suite("pairs"))
    assert (known.languages, unknown.languages) == (["cmn"], ["und"])


def test_to_make_a_task_seeds_nothing() -> None:
    """mteb seeds the process with every task that it makes."""
    import random

    before = random.getstate()
    as_task(suite("pairs"))
    assert random.getstate() == before


def test_a_task_of_mteb_is_not_wrapped_again() -> None:
    """Who judges it is mteb itself."""

    class Judge:
        name = "mteb 9"

        def report(self, embedder: Any) -> str:
            return str(embedder)

    foreign = ForeignSuite("mteb:X", "X", "", "mteb:X", Judge(), "x", "0", "")
    with pytest.raises(UsageError, match=r"mteb:X is judged by mteb 9 itself"):
        as_task(foreign)
