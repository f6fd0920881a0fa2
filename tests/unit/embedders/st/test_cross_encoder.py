"""ce: a tiny cross-encoder made on the spot, against CrossEncoder.predict itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.cached import Cached
from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.st.cross_encoder import CrossEncoder
from harness.embedders.vector_cache import VectorCache
from harness.errors import EmbedderError, UsageError
from harness.model import Ranker, Reranker
from harness.testing import check_embedder
from tests.tiny_cross_encoder import make_model

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real("sentence_transformers")

QUERY = "the contract order"
DOCUMENTS = ["a contract", "order contract", "采购申请", "contract order order " * 50, "", "a contract"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model."""
    return make_model(tmp_path_factory.mktemp("ce") / "tiny")


def scorer(folder: Path, **options: str) -> CrossEncoder:
    """The scorer of a folder on the CPU."""
    query = "&".join(f"{name}={value}" for name, value in {"device": "cpu", **options}.items())
    return CrossEncoder(parse_spec(f"ce:{folder}?{query}"))


def test_scores_are_the_numbers_of_the_library(folder: Path) -> None:
    """Before the sigmoid, in the order of the pairs, whatever the batch: Chinese, empty and overlong texts included."""
    from sentence_transformers import CrossEncoder as Library
    from torch.nn import Identity

    pairs = [(QUERY, document) for document in DOCUMENTS]
    theirs = Library(str(folder), device="cpu").predict(pairs, activation_fn=Identity(), show_progress_bar=False)
    ours = scorer(folder).score(pairs)
    assert np.ptp(theirs) > 0.01
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
    np.testing.assert_allclose(scorer(folder, batch_size="1").score(pairs), theirs, atol=1e-6)
    assert scorer(folder).score([]).tolist() == []


def test_it_is_a_reranker_that_keeps_the_contract(folder: Path) -> None:
    """Every clause; it cannot search."""
    opened: Any = open_embedder(parse_spec(f"ce:{folder}?device=cpu"))
    assert isinstance(opened, Reranker)
    assert not isinstance(opened, Ranker)
    assert [check for check in check_embedder(opened) if not check.passed] == []
    scores = scorer(folder).score([(QUERY, document) for document in DOCUMENTS])
    ranking = opened.rerank([QUERY], DOCUMENTS, [np.arange(6)])
    assert ranking.indices[0].tolist() == np.argsort(-scores.astype(np.float32), kind="stable").tolist()


def test_another_process_of_the_same_model_scores_nothing(folder: Path, tmp_path: Path) -> None:
    """As after a restart: the model is not even loaded."""
    with VectorCache(tmp_path / "cache") as cache:
        counts, rankings = [], []
        for _ in range(2):
            models: list[Cached] = []

            def keep(embedder: Any, models: list[Cached] = models) -> Cached:
                models.append(Cached(embedder, cache))
                return models[-1]

            opened: Any = open_embedder(parse_spec(f"ce:{folder}?device=cpu"), keep)
            rankings.append(opened.rerank([QUERY], DOCUMENTS, [np.arange(6)]))
            counts.append(models[0].embedded)
    assert counts == [5, 0]  # "a contract" is there twice
    assert rankings[0].scores.tolist() == rankings[1].scores.tolist()


def test_the_identity_is_that_of_the_weights_and_of_what_decides_the_scores(folder: Path, tmp_path: Path) -> None:
    """Device and batch size do not; a default that is written out is the same model."""
    plain = scorer(folder).identity
    assert (plain.backend, plain.name, plain.options) == ("ce", "tiny", ())
    assert scorer(folder, batch_size="7", dtype="float32").identity == plain
    keys = {scorer(folder, **options).identity.key for options in ({"max_length": "9"}, {"dtype": "bfloat16"})}
    other = make_model(tmp_path / "tiny", seed=1)
    assert len({plain.key, scorer(other).identity.key, *keys}) == 4


def test_max_length_cuts(folder: Path) -> None:
    """At 12 tokens a text of 150 words scores as its beginning; more than the model has is refused."""
    pairs = [(QUERY, DOCUMENTS[3]), (QUERY, "contract order order " * 9)]
    one, other = scorer(folder, max_length="12").score(pairs)
    assert one == pytest.approx(other, abs=1e-6)
    assert scorer(folder).score(pairs)[0] != pytest.approx(one, abs=1e-6)
    with pytest.raises(UsageError, match="max_length=33, but the model takes 32 tokens"):
        scorer(folder, max_length="33").score(pairs)


def test_a_model_with_several_labels_is_no_reranker(tmp_path: Path) -> None:
    """One that tells entailment from contradiction gives three numbers."""
    opened: Any = open_embedder(parse_spec(f"ce:{make_model(tmp_path / 'nli', labels=3)}?device=cpu"))
    with pytest.raises(EmbedderError, match=r"ce:nli: scores of shape \(2, 3\) for 2 pairs; .* one number per pair"):
        opened.rerank(["q"], ["a", "b"], [np.arange(2)])


def test_a_folder_without_weights(folder: Path, tmp_path: Path) -> None:
    """Opened by its files, refused when the model is needed."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_bytes((folder / "config.json").read_bytes())
    with pytest.raises(EmbedderError, match="the model cannot be loaded"):
        scorer(broken).score([("a", "b")])


@pytest.mark.parametrize(
    ("spec", "error", "message"),
    [
        ("ce:", UsageError, "as in ce:BAAI/bge-reranker-v2-m3"),
        ("ce:./nowhere", EmbedderError, "there is no model folder at"),
        ("ce:m?pooling=cls", UsageError, "there is no option 'pooling'"),
        ("ce:m?dtype=int8", UsageError, "option dtype must be one of bfloat16, float16, float32"),
        ("ce:m?dtype=float16&backend=onnx", UsageError, "dtype is for backend=torch"),
        ("ce:m?dimensions=3", UsageError, "ce makes no vectors, so there is no dimensions"),
    ],
)
def test_what_cannot_be_opened(
    spec: str, error: type[Exception], message: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said before any weights are loaded."""
    monkeypatch.chdir(folder.parent)
    with pytest.raises(error, match=message):
        open_embedder(parse_spec(spec.replace("ce:m", f"ce:{folder.name}")))


def test_behind_a_first_stage_on_a_retrieval_suite_and_not_alone(folder: Path, toy_suite: Path) -> None:
    """Alone it is not applicable, with the advice; in hybrid:rerank it scores."""
    from harness.catalogue import Place, load_suite
    from harness.evaluate import evaluate

    suite = load_suite(Place("toy", toy_suite))
    alone = evaluate(suite, open_embedder(parse_spec(f"ce:{folder}?device=cpu")))
    assert alone.status == "not_applicable"
    assert "hybrid:rerank(bm25:,ce:MODEL)" in alone.reason
    spec = f"hybrid:rerank(bm25:,ce:{folder}?device=cpu)?depth=3"
    assert evaluate(suite, open_embedder(parse_spec(spec))).status == "ok"
