"""Whatever the harness can open is a model to mteb: in all of its tasks, and in none of its caches another one."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.resolve import open_embedder, parse_spec
from harness.errors import EmbedderError
from harness.interop.mteb import encoder
from harness.interop.mteb.encoders import Encoder
from harness.interop.mteb.searcher import Searcher
from harness.model import Identity, Usage
from harness.search import FLOAT32, PRECISIONS, SIMILARITIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.model import Role, Vectors

pytestmark = [
    pytest.mark.skipif(find_spec("mteb") is None, reason="needs mteb: pip install 'embedding-harness[mteb]'"),
    pytest.mark.filterwarnings("ignore"),  # mteb and what it imports warn about themselves
]


class Recorder:
    """Embeds a text as its length, its number of words and a third number; notes what it is asked."""

    def __init__(self, name: str = "lengths", *, third: float = 1.0, usage: Usage | None = None) -> None:
        self.identity = Identity("test", name, "1", (("third", str(third)),))
        self.usage = usage or Usage(SIMILARITIES["cosine"], FLOAT32)
        self.asked: list[tuple[Role, list[str]]] = []
        self._third = third

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """n × 3."""
        self.asked.append((role, list(texts)))
        rows = [[len(text) / 3, len(text.split()), self._third] for text in texts]
        return np.array(rows, np.float32).reshape(-1, 3)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """mteb makes a folder when it is imported; not in the user's home."""
    monkeypatch.setenv("MTEB_CACHE", str(tmp_path / "mteb"))


def batches(texts: Sequence[str]) -> list[dict[str, Any]]:
    """Texts two at a time, as a DataLoader would hand them over."""
    return [{"text": list(texts[start : start + 2]), "id": ["x"]} for start in range(0, len(texts), 2)]


def sts(name: str = "Local") -> Any:
    """A fresh STS task whose scores depend on the vectors."""
    from mteb.mocks.mock_tasks import MockSTSTask

    words = ("one", "one two", "three four five", "six and seven eight", "nine of ten of eleven of twelve")
    rows = [(one, other, float(len(one) % 7 + len(other) % 5)) for one in words for other in words]

    def load_data(self: Any, **_: Any) -> None:
        from datasets import Dataset, DatasetDict

        columns = dict(zip(("sentence1", "sentence2", "score"), map(list, zip(*rows, strict=True)), strict=True))
        self.dataset, self.data_loaded = DatasetDict(test=Dataset.from_dict(columns)), True

    metadata = MockSTSTask.metadata.model_copy(update={"name": name})
    return type(name, (MockSTSTask,), {"metadata": metadata, "load_data": load_data})()


def score(model: Any, task: Any, **options: Any) -> float:
    """The main score of the task."""
    import mteb

    given = {"cache": None, "co2_tracker": False, "show_progress_bar": False} | options
    (scored,) = mteb.evaluate(model, task, **given)[0].scores["test"]
    return float(scored["main_score"])


def test_importing_it_imports_nothing_of_mteb() -> None:
    """3 s and 300 MB are for who uses it."""
    code = "import harness.interop.mteb as m, sys; m.encoder, m.as_task; sys.exit('mteb' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_public_names_are_sorted_and_there() -> None:
    """Whatever is announced can be had, and is no module."""
    import harness.interop.mteb as package

    assert package.__all__ == sorted(package.__all__, key=str.casefold)
    assert all(callable(getattr(package, name)) for name in package.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = package.nonsense


def test_an_embedder_is_an_encoder_and_a_ranker_searches() -> None:
    """Each is the protocol that it can keep, and no other."""
    from mteb import CrossEncoderProtocol, EncoderProtocol, SearchProtocol

    embeds, ranks = encoder(Recorder()), encoder(open_embedder(parse_spec("bm25:")))
    assert isinstance(embeds, Encoder)
    assert isinstance(ranks, Searcher)
    protocols = (EncoderProtocol, SearchProtocol, CrossEncoderProtocol)
    assert [isinstance(embeds, protocol) for protocol in protocols] == [True, False, False]
    assert [isinstance(ranks, protocol) for protocol in protocols] == [False, True, False]


@pytest.mark.parametrize(("spec", "count"), [("baseline:random", 25), ("bm25:", 5)])
def test_every_type_of_task_takes_it(spec: str, count: int) -> None:
    """The tasks that mteb tries its own models on, of texts and of pictures; of both in one input, it is refused."""
    import mteb
    from mteb.mocks.mock_run import get_compatible_mock_tasks

    model = encoder(open_embedder(parse_spec(spec)))
    tasks = [task for task in get_compatible_mock_tasks(model) if not task.metadata.is_multilingual]
    result = mteb.evaluate(model, tasks, cache=None, co2_tracker=False, raise_error=False, show_progress_bar=False)
    failed = {error.task_name: error.exception for error in result.exceptions or ()}
    assert len(result.task_results) >= count
    assert failed.keys() <= {"MockVisionCentricQA"}
    assert all("text and image for one vector" in why for why in failed.values())


def test_each_text_is_embedded_once() -> None:
    """Vectors come back for every row, in the order of the rows."""
    recorder = Recorder()
    vectors = encoder(recorder).encode(batches(["bb", "a", "bb", "cccc", "a"]))
    assert recorder.asked == [("either", ["bb", "a", "cccc"])]
    np.testing.assert_allclose(vectors[:, 0] * 3, [2, 1, 2, 4, 1], rtol=1e-6)


def test_no_texts_are_no_vectors() -> None:
    """The embedder is not even asked."""
    recorder = Recorder()
    assert encoder(recorder).encode([]).shape == (0, 0)
    assert recorder.asked == []


def test_roles_are_the_prompt_types() -> None:
    """Queries and documents of a retrieval, neither in an STS; a title stands before its text."""
    from mteb.mocks.mock_tasks import MockRetrievalTask

    retrieval, similarity = Recorder(), Recorder()
    score(encoder(retrieval), MockRetrievalTask())
    score(encoder(similarity), sts())
    assert [role for role, _ in retrieval.asked[:2]] == ["query", "document"]
    assert {role for role, _ in similarity.asked} == {"either"}


@pytest.mark.parametrize("name", SIMILARITIES)
def test_vectors_are_compared_as_the_embedder_says(name: str) -> None:
    """mteb's similarity of that name is ours, for matrices and for pairs; its ModelMeta says the same."""
    model = encoder(Recorder(usage=Usage(SIMILARITIES[name], FLOAT32)))
    assert isinstance(model, Encoder)
    one, other = np.random.default_rng(3).standard_normal((2, 5, 4)).astype(np.float32)
    assert model.mteb_model_meta.similarity_fn_name.value == name
    expected = SIMILARITIES[name].matrix(one, other)
    np.testing.assert_allclose(model.similarity(one, other).numpy(), expected, atol=1e-5)
    np.testing.assert_allclose(model.similarity_pairwise(one, other).numpy(), np.diag(expected), atol=1e-5)


def test_vectors_come_in_the_number_format_of_the_embedder() -> None:
    """binary: signs, as long as the vectors were; int8 needs the documents first, and is refused."""
    binary = encoder(Recorder(usage=Usage(SIMILARITIES["dot"], PRECISIONS["binary"])))
    assert binary.encode(batches(["abc def"])).tolist() == [[1, 1, 1]]
    whole = encoder(Recorder(usage=Usage(SIMILARITIES["cosine"], PRECISIONS["int8"])))
    with pytest.raises(EmbedderError, match="int8 is calibrated on the documents"):
        whole.encode(batches(["abc def"]))


def test_what_it_does_not_do_is_refused() -> None:
    """A precision that mteb asks for would be in the name of the result; what was raised is kept."""
    model = encoder(Recorder())
    with pytest.raises(EmbedderError, match=r"precision=int8") as caught:
        model.encode(batches(["a"]), precision="int8", batch_size=7, show_progress_bar=False)
    assert model.failed is caught.value


def test_results_of_two_embedders_are_two(tmp_path: Path) -> None:
    """mteb's cache of results takes neither another option nor another name for the same model."""
    import mteb

    cache = mteb.ResultCache(tmp_path / "results")
    models = [Recorder(), Recorder(third=9.0), Recorder("other"), Recorder()]
    alone = [score(encoder(model), sts()) for model in models]
    stored = [score(encoder(model), sts(), cache=cache) for model in models]
    assert stored == pytest.approx(alone, abs=1e-6)  # as many digits as it keeps
    assert alone[0] != alone[1]
    assert len(list(cache.cache_path.rglob("Local.json"))) == 3
    table = cache.load_results(load_experiments="match_name").to_dataframe()
    assert {"test/lengths_third=1.0", "test/lengths_third=9.0", "test/other_third=1.0"} <= {*table.columns}
    assert len(models[-1].asked) == 2  # of the first time: now it is known


def test_vectors_of_two_embedders_are_two(tmp_path: Path) -> None:
    """mteb's cache of vectors, told to use one folder for both, keeps them apart."""
    from mteb.models import CachedEmbeddingWrapper

    models = [Recorder(), Recorder(third=9.0)]
    alone = [score(encoder(model), sts()) for model in models]
    assert alone[0] != alone[1]
    cached = [CachedEmbeddingWrapper(encoder(model), tmp_path / "vectors") for model in models]
    assert [score(model, sts()) for model in cached] == alone
    for model in cached:
        model.close()


def test_a_name_is_one_of_mteb(tmp_path: Path) -> None:
    """organisation/name, with the options, short enough for a folder; the revision is the whole key."""
    short, long = Recorder(), Recorder(f"{tmp_path}/模型 (a,b):" + "x" * 300)
    assert encoder(short).mteb_model_meta.name == "test/lengths_third=1.0"
    assert encoder(open_embedder(parse_spec("bm25:"))).mteb_model_meta.name == "bm25/bm25"
    meta = encoder(long).mteb_model_meta
    organisation, _, name = meta.name.partition("/")
    assert (organisation, meta.revision) == ("test", long.identity.key)
    assert "/" not in name
    assert len(name) == 80
    assert name.endswith(long.identity.key[:12])
