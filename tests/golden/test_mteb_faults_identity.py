"""Who was judged, and on what: mteb 2.26 tells by names alone and gives another's numbers; here it is by content.

Each test shows mteb's behaviour beside ours, so that it tells when mteb mends it.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import harness
from harness.catalogue.mteb.sources import load_task
from harness.embedders.cached import Cached
from harness.embedders.vector_cache import VectorCache
from harness.evaluate import evaluate
from harness.interop.mteb.encoders import encoder
from harness.workflows.shelf import find_places, load_suite
from tests.mteb_tasks import WORDS, WordSums, graded, hub, judged_by_mteb, ranking, selected

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.catalogue.mteb.place import MtebPlace
    from harness.model import Embedder

pytestmark = pytest.mark.real("mteb")

APART = 0.005
"""Scores that differ by more are of different models or data."""
ROUNDED = 1e-6
"""mteb rounds what it keeps to six digits."""


def task(name: str, folder: Path, mteb_home: Path) -> MtebPlace:
    """The one suite of a task with its data in `folder`."""
    (place,) = find_places(selected(name, folder), mteb_home / "cache")
    return place


@pytest.fixture
def similar(tmp_path: Path, mteb_home: Path) -> MtebPlace:
    """Sentence pairs with a score."""
    return task("STSBenchmark", hub(tmp_path / "data", graded(np.random.default_rng(5))), mteb_home)


def ours(place: MtebPlace, embedder: Embedder) -> float:
    """Our headline."""
    value = evaluate(load_suite(place), embedder).scores[0].value
    assert value is not None
    return value


def theirs(place: MtebPlace, model: Any, **options: Any) -> float:
    """mteb's main score, with a fresh task object."""
    return float(judged_by_mteb(model, load_task(place).task, **options).get_score())


def checkpoint(folder: Path, seed: int) -> Path:
    """A model of sentence-transformers: a random vector per word, and their mean."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    unknown = "[UNK]"
    vocabulary = {word: number for number, word in enumerate([unknown, *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=unknown))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    weights = np.random.default_rng(seed).normal(size=(len(vocabulary), 16)).astype(np.float32)
    static = StaticEmbedding(tokenizer, embedding_weights=weights)
    SentenceTransformer(modules=[static], device="cpu").save(str(folder))
    return folder


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two local checkpoints that differ in their weights alone."""
    folder = tmp_path_factory.mktemp("checkpoints")
    return checkpoint(folder / "a", 1), checkpoint(folder / "b", 2)


def test_two_local_checkpoints(similar: MtebPlace, checkpoints: tuple[Path, Path], tmp_path: Path) -> None:
    """mteb calls both `no_model_name/available`, so that the second gets the first one's result from its cache."""
    import mteb
    from sentence_transformers import SentenceTransformer

    models = [SentenceTransformer(str(folder), device="cpu") for folder in checkpoints]
    results = mteb.ResultCache(tmp_path / "results")
    kept = [theirs(similar, model, cache=results) for model in models]
    right = [theirs(similar, model) for model in models]
    assert abs(right[0] - right[1]) > APART
    assert kept == pytest.approx([right[0], right[0]], abs=ROUNDED)

    with VectorCache(tmp_path / "vectors") as vectors:
        opened = [
            harness.open_embedder(harness.parse_spec(f"st:{one}?device=cpu"), _in(vectors)) for one in checkpoints
        ]
        assert [ours(similar, one) for one in opened] == pytest.approx(right, abs=1e-6)


def _in(vectors: VectorCache) -> Callable[[Embedder], Embedder]:
    return lambda embedder: Cached(embedder, vectors)


def test_weights_that_change_in_place(tmp_path: Path) -> None:
    """A checkpoint that is trained on in the same folder is another embedder, under the same name."""
    folder = checkpoint(tmp_path / "model", 1)
    before = harness.open_embedder(harness.parse_spec(f"st:{folder}")).identity
    checkpoint(folder, 2)
    after = harness.open_embedder(harness.parse_spec(f"st:{folder}")).identity
    assert before.name == after.name
    assert before.key != after.key


def test_changed_data_under_the_same_task(tmp_path: Path, mteb_home: Path) -> None:
    """mteb files a result under the task's name: after the data have changed it still reports the old score."""
    import mteb

    folder = hub(tmp_path / "data", graded(np.random.default_rng(5)))
    before = task("STSBenchmark", folder, mteb_home)
    results, model = mteb.ResultCache(tmp_path / "results"), encoder(WordSums())
    first = theirs(before, model, cache=results)
    fingerprint, score = load_suite(before).fingerprint, ours(before, WordSums())

    hub(folder, graded(np.random.default_rng(6)))
    after = task("STSBenchmark", folder, mteb_home)
    right = theirs(after, model)
    assert abs(first - right) > APART
    assert theirs(after, model, cache=results) == pytest.approx(first, abs=ROUNDED)

    assert load_suite(after).name == load_suite(before).name
    assert load_suite(after).fingerprint != fingerprint
    assert ours(after, WordSums()) == pytest.approx(right, abs=1e-6)
    assert ours(before, WordSums()) == score == pytest.approx(first, abs=1e-6)


def test_a_changed_revision(tmp_path: Path, mteb_home: Path) -> None:
    """A dataset's revision is in mteb's result, and not in what it is filed under; here rows decide, not names."""
    import mteb

    place = task("STSBenchmark", hub(tmp_path / "data", graded(np.random.default_rng(5))), mteb_home)
    results, model = mteb.ResultCache(tmp_path / "results"), encoder(WordSums())
    known = load_task(place).task
    first = judged_by_mteb(model, known, cache=results)
    changed = type(known)
    changed.metadata = changed.metadata.model_copy(
        update={"dataset": {"path": str(hub(tmp_path / "new", graded(np.random.default_rng(6)))), "revision": "2"}}
    )
    second = judged_by_mteb(model, changed(), cache=results)
    assert second.get_score() == pytest.approx(first.get_score(), abs=ROUNDED)
    assert second.dataset_revision == first.dataset_revision != "2"

    same = task("STSBenchmark", hub(tmp_path / "copy", graded(np.random.default_rng(5))), mteb_home)
    assert load_suite(same).fingerprint == load_suite(place).fingerprint


def test_a_cache_of_vectors_knows_the_model(similar: MtebPlace, tmp_path: Path) -> None:
    """mteb's CachedEmbeddingWrapper keeps vectors by task: a second model gets those of the first.

    An embedder of ours behind it does not, because its identity stands among the arguments of an experiment.
    """
    from mteb.models import CachedEmbeddingWrapper

    models = [WordSums("1"), WordSums("2")]
    right = [theirs(similar, encoder(one)) for one in models]
    assert abs(right[0] - right[1]) > APART
    folder = tmp_path / "theirs"
    kept = []
    for one in models:
        known = encoder(one)
        named = {"name": f"test/{one.identity.revision}", "experiment_kwargs": None}
        known.mteb_model_meta = known.mteb_model_meta.model_copy(update=named)
        kept.append(theirs(similar, CachedEmbeddingWrapper(known, folder)))
    assert kept == [right[0], right[0]]
    assert [theirs(similar, CachedEmbeddingWrapper(encoder(one), folder)) for one in models] == right

    with VectorCache(tmp_path / "ours") as vectors:
        for _ in range(2):
            found = [ours(similar, Cached(one, vectors)) for one in models]
            assert found == pytest.approx(right, abs=1e-6)


def test_a_cache_of_vectors_changes_no_text(tmp_path: Path, mteb_home: Path) -> None:
    """Behind mteb's CachedEmbeddingWrapper a title is put before its text twice, and the score is another."""
    from mteb.models import CachedEmbeddingWrapper

    place = task("SciFact", hub(tmp_path / "data", ranking(np.random.default_rng(5))), mteb_home)
    right = theirs(place, encoder(WordSums()))
    assert theirs(place, CachedEmbeddingWrapper(encoder(WordSums()), tmp_path / "theirs")) != pytest.approx(
        right, abs=1e-3
    )

    with VectorCache(tmp_path / "ours") as vectors:
        for _ in range(2):
            assert ours(place, Cached(WordSums(), vectors)) == pytest.approx(right, abs=1e-5)


def test_dimensions_are_part_of_who_is_judged(
    similar: MtebPlace, checkpoints: tuple[Path, Path], tmp_path: Path
) -> None:
    """`truncate_dim` among mteb's encode_kwargs changes the vectors, and the result is that of whole vectors, kept."""
    import mteb
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(checkpoints[0]), device="cpu")
    results = mteb.ResultCache(tmp_path / "results")
    short: dict[str, Any] = {"encode_kwargs": {"truncate_dim": 4, "batch_size": 32}}
    whole = theirs(similar, model, cache=results)
    right = theirs(similar, model, **short)
    assert abs(whole - right) > APART
    assert theirs(similar, model, cache=results, **short) == pytest.approx(whole, abs=ROUNDED)

    full, cut = (
        harness.open_embedder(harness.parse_spec(f"st:{checkpoints[0]}{options}")) for options in ("", "?dimensions=4")
    )
    assert full.identity.key != cut.identity.key
    assert ours(similar, cut) == pytest.approx(right, abs=1e-6)


def test_the_same_rows_in_any_order_of_reading(tmp_path: Path, mteb_home: Path) -> None:
    """mteb hands judgements over in another order every time; the same data read anew have the same fingerprint."""
    place = task("SciFact", hub(tmp_path / "data", ranking(np.random.default_rng(5))), mteb_home)
    fingerprints = set()
    for _ in range(3):
        fingerprints.add(load_suite(place).fingerprint)
        shutil.rmtree(place.folder)
    assert len(fingerprints) == 1
