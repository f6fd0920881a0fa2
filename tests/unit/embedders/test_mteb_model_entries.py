"""mteb:MODEL before any weights: which names are taken, what decides an identity, what a model of mteb's is told."""

from __future__ import annotations

import io
import json
import random
import sys
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.mteb import open_mteb
from harness.embedders.mteb.encoder import MtebEmbedder
from harness.embedders.mteb.entry import find_entry
from harness.embedders.resolve import open_embedder, parse_spec
from harness.errors import EmbedderError, HarnessError, MissingExtraError, UsageError
from harness.interop.mteb import door
from harness.model import Spec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(find_spec("mteb") is None, reason="needs mteb: pip install 'embedding-harness[mteb]'"),
    pytest.mark.filterwarnings("ignore"),  # mteb and what it imports warn about themselves when they are imported
]

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
E5 = "intfloat/multilingual-e5-small"
DOT = "sentence-transformers/multi-qa-mpnet-base-dot-v1"
INSTRUCTED = "AQ-MedAI/Diver-Retriever-0.6B"
RANDOM = "mteb/baseline-random-encoder"


def spec(name: str, options: Mapping[str, str]) -> Spec:
    """`mteb:name?…`."""
    return Spec(f"mteb:{name}", "mteb", name, options)


def opened(name: str, **options: str) -> Any:
    """A model of mteb's."""
    return open_mteb(spec(name, options))


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """Something like the files of a plain model: enough to say who it is."""
    where = tmp_path / "model"
    where.mkdir()
    (where / "config.json").write_text("{}", "utf-8")
    return str(where)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "name a model of mteb's registry"),
        ("multilingual-e5-small", "Did you mean 'intfloat/multilingual-e5-small'?"),
        ("intfloat/multilingual-e5-smal", "Did you mean 'intfloat/multilingual-e5-small'?"),
        ("me/mine", "can be had as st:NAME"),
        ("openai/text-embedding-3-small", "use openai: or litellm:"),
        ("mteb/baseline-bm25s", "use bm25:"),
        ("bm25s", "use bm25:"),
        ("mteb/baseline-hybrid-rrf-baseline-bm25s-multilingual-e5-small", "use hybrid:"),
        ("colbert-ir/colbertv2.0", "a vector per token"),
        ("facebook/dinov2-base", "it does not read texts"),
        ("jinaai/jina-reranker-v3", "lists of documents"),
        ("nomic-ai/nomic-embed-text-v1.5", "add trust_remote_code=true"),
        ("jinaai/jina-reranker-v2-base-multilingual", "add trust_remote_code=true"),
    ],
)
def test_what_cannot_be_had_is_refused_with_a_way_out(name: str, text: str) -> None:
    """Before anything is loaded, as a fault of usage."""
    with pytest.raises(UsageError) as caught:
        opened(name)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("name", "options", "text"),
    [
        (MINILM, {"task": "SciFac"}, "Did you mean 'SciFact'?"),
        (MINILM, {"path": "x", "revision": "y"}, "a folder has no revision"),
        (MINILM, {"paths": "x"}, "there is no option 'paths'"),
        (MINILM, {"batch_size": "0"}, "at least 1"),
        (RANDOM, {"path": "x"}, "has no weights"),
        (RANDOM, {"revision": "x"}, "has no weights"),
        ("jinaai/jina-reranker-v2-base-multilingual", {"trust_remote_code": "false"}, "add trust_remote_code=true"),
    ],
)
def test_options_are_checked(name: str, options: dict[str, str], text: str) -> None:
    """What is unknown, or does not fit, is refused by name."""
    with pytest.raises(UsageError) as caught:
        opened(name, **options)
    assert text in str(caught.value)


def test_every_model_of_the_registry_opens_or_says_why_not() -> None:
    """None of a thousand breaks; no two share an identity; none that asks to run a stranger's code does."""
    opened_ones: dict[str, str] = {}
    for meta in door.module().get_model_metas():
        try:
            model = opened(meta.name)
        except HarnessError:
            continue
        assert opened_ones.setdefault(model.identity.key, meta.name) == meta.name
        assert not meta.loader_kwargs.get("trust_remote_code")
        assert "API" not in meta.framework
    assert len(opened_ones) > 100


def test_the_users_word_on_trust_is_handed_on(folder: str) -> None:
    """true and false are what the loader gets; only true is another embedder."""
    name = "LiquidAI/LFM2.5-Embedding-350M"
    for word, expected in (("true", True), ("false", False)):
        entry = find_entry(spec(name, {"path": folder, "trust_remote_code": word}))
        assert entry.meta.loader_kwargs["trust_remote_code"] is expected
        options = dict(opened(name, path=folder, trust_remote_code=word).identity.options)
        assert options == ({"trust_remote_code": "true"} if expected else {})


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a folder that would be taken for a name is refused."""
    with pytest.raises(EmbedderError, match="there is no model folder at"):
        opened(MINILM, path=str(tmp_path / "none"))
    with pytest.raises(EmbedderError, match="holds no model"):
        opened(MINILM, path=str(tmp_path))
    (tmp_path / MINILM).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="name it with path="):
        opened(MINILM)


def test_without_files_it_says_where_they_may_come_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """When it is opened where its own files say how it is used, else when it is loaded."""
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
    with pytest.raises(EmbedderError) as caught:
        opened(E5)
    assert "HF_HOME" in str(caught.value)
    assert "path=FOLDER" in str(caught.value)
    with pytest.raises(EmbedderError) as caught:
        opened("intfloat/e5-mistral-7b-instruct").embed(["a"], "query")
    assert "path=FOLDER" in str(caught.value)


def test_a_missing_package_is_named() -> None:
    """mteb, and what mteb asks for to load a model."""
    if find_spec("llm2vec") is None:
        with pytest.raises(EmbedderError, match=r"mteb\[llm2vec\]"):
            opened("McGill-NLP/LLM2Vec-Mistral-7B-Instruct-v2-mntp-supervised").embed(["a"], "query")


def test_without_mteb_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """What pip is told."""

    def nothing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(door, "version_of", nothing)
    monkeypatch.delitem(sys.modules, "mteb")
    with pytest.raises(MissingExtraError, match=r"embedding-harness\[mteb\]"):
        opened(MINILM)


def test_what_decides_the_vectors_decides_the_identity(folder: str) -> None:
    """Files, prompts, task and name do; device and batch size do not."""
    base = opened(MINILM, path=folder).identity
    assert (base.backend, base.name, base.options) == ("mteb", MINILM, ())
    assert opened(MINILM, path=folder, device="cpu", batch_size="7").identity == base
    assert opened(MINILM, path=folder, task="SciFact").identity.options == (("task", "SciFact"),)
    e5 = opened(E5, path=folder).identity
    files, _, ours = base.revision.partition("+")
    assert e5.revision.partition("+")[0] == files
    assert e5.revision.partition("+")[2] != ours
    with open(f"{folder}/config.json", "a", encoding="utf-8") as file:  # noqa: PTH123 # one more blank
        file.write(" ")
    assert opened(MINILM, path=folder).identity.revision.partition("+")[::2] != (files, ours)
    assert opened(MINILM, path=folder).identity.revision.partition("+")[2] == ours


def test_the_version_of_mteb_counts_where_its_code_is_between(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where the prompts are known, and a wrapper puts them before texts and does nothing else."""
    before = {name: opened(name, path=folder).identity for name in (MINILM, INSTRUCTED)}
    monkeypatch.setattr(door, "version", lambda: "99")
    assert opened(MINILM, path=folder).identity == before[MINILM]
    assert opened(INSTRUCTED, path=folder).identity != before[INSTRUCTED]


def test_roles_share_vectors_only_where_nothing_tells_them_apart(tmp_path: Path, folder: str) -> None:
    """Not with prompts by role, of mteb's entry or of the files; not where mteb's code decides."""
    assert opened(MINILM, path=folder).identity.symmetric
    assert not opened(E5, path=folder).identity.symmetric
    assert not opened(INSTRUCTED, path=folder).identity.symmetric
    own = tmp_path / "model" / "config_sentence_transformers.json"
    own.write_text(json.dumps({"prompts": {"query": "q: "}}), "utf-8")
    assert not opened(MINILM, path=folder).identity.symmetric


def test_another_similarity_than_cosine_is_said(folder: str) -> None:
    """A finding names the option."""
    (finding,) = opened(DOT, path=folder).findings(["a"])
    assert "similarity=dot" in finding.note
    assert opened(MINILM, path=folder).findings(["a"]) == ()


class Recording:
    """A model of mteb's that takes note of what it is asked."""

    def __init__(self, model: str, revision: str | None, **kwargs: Any) -> None:
        self.loaded = (model, revision, kwargs)
        self.told: list[tuple[Any, ...]] = []
        self.batches: list[Any] = []

    def encode(self, inputs: Any, *, task_metadata: Any, prompt_type: Any = None, **kwargs: Any) -> Any:
        """A row per text, as a tensor of half precision."""
        import torch

        assert inputs.dataset.features
        assert (kwargs["hf_split"], kwargs["hf_subset"], kwargs["show_progress_bar"]) == ("test", "default", False)
        self.batches = list(inputs)
        self.told.append((task_metadata.type, task_metadata.name, getattr(prompt_type, "value", None)))
        return torch.ones(sum(len(batch["text"]) for batch in self.batches), 3, dtype=torch.bfloat16)


def recording(folder: str, **options: str) -> MtebEmbedder:
    """An embedder around such a model."""
    entry = find_entry(spec(MINILM, {"path": folder, **options}))
    return MtebEmbedder(replace(entry, meta=entry.meta.model_copy(update={"loader": Recording})))


def test_a_model_is_fed_as_mteb_feeds_it(folder: str) -> None:
    """Batches of a data set, a task, a split and a role; tensors become float32 arrays."""
    pytest.importorskip("sentence_transformers")
    embedder = recording(folder, batch_size="2", device="cpu")
    found = embedder.embed(["a", "b", "采购"], "query")
    assert (found.shape, found.dtype) == ((3, 3), np.float32)
    assert embedder._model.batches == [
        {"id": ["0", "1"], "text": ["a", "b"], "query": ["a", "b"]},
        {"id": ["2"], "text": ["采购"], "query": ["采购"]},
    ]
    assert embedder._model.loaded[0] == folder
    assert embedder._model.loaded[2]["device"] == "cpu"
    embedder.embed(["a"], "document")
    assert embedder._model.batches == [{"id": ["0"], "text": ["a"], "body": ["a"]}]
    embedder.embed(["a"], "either")
    assert embedder._model.batches == [{"text": ["a"]}]
    kinds = [(kind, prompt) for kind, _, prompt in embedder._model.told]
    assert kinds == [("Retrieval", "query"), ("Retrieval", "document"), ("STS", None)]


def test_a_named_task_is_what_the_model_is_told(folder: str) -> None:
    """In every role."""
    pytest.importorskip("sentence_transformers")
    embedder = recording(folder, task="Banking77Classification")
    embedder.embed(["a"], "query")
    embedder.embed(["a"], "either")
    told = ("Classification", "Banking77Classification")
    assert embedder._model.told == [(*told, "query"), (*told, None)]


def test_it_is_silent_and_leaves_random_numbers_alone(capfd: pytest.CaptureFixture[str]) -> None:
    """A model that draws a bar for every batch, and one that seeds, leave no trace."""
    pytest.importorskip("sentence_transformers")
    embedder = open_embedder(parse_spec(f"mteb:{RANDOM}"))
    before = random.getstate()
    assert embedder.embed(["a", "采购"], "query").shape == (2, 32)  # type: ignore[union-attr]  # an embedder
    assert random.getstate() == before
    assert capfd.readouterr() == ("", "")
    from tqdm import tqdm

    assert not tqdm([], file=io.StringIO()).disable  # bars of others are drawn again
