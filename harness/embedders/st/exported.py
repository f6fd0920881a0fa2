"""ONNX and OpenVINO in the place of torch: which file is loaded, in what precision, on how many threads.

A folder without such a file is exported when it is loaded, to a temporary folder and never into its own.
"""

from __future__ import annotations

import importlib.util
import logging
import mmap
import warnings
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from harness.embedders.st.identity import folder_of
from harness.embedders.threads import thread_count
from harness.errors import EmbedderError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.embedders.st.identity import Checkpoint
    from harness.embedders.st.settings import Settings

_PACKAGES: Mapping[str, tuple[str, ...]] = {
    "torch": (),
    "onnx": ("optimum", "optimum.onnxruntime", "onnxruntime"),
    "openvino": ("optimum", "optimum.intel", "openvino"),
}
"""What has to be importable, a package before its parts."""

REQUIREMENTS: Mapping[str, str] = {
    "onnx": "'sentence-transformers[onnx]<6'",
    "openvino": "'sentence-transformers[openvino]'",
}
"""What pip is told, as a shell takes it."""

_INSTALL: Mapping[str, str] = {
    "onnx": f"pip install {REQUIREMENTS['onnx']} (version 6 is for transformers 5, optimum-onnx 0.1 for 4)",
    "openvino": f"pip install {REQUIREMENTS['openvino']}",
}

_TALKATIVE = ("nncf", "optimum", "optimum.intel", "sentence_transformers")
"""Loggers that tell of every export, and that it should be kept."""

_USUAL: Mapping[str, str] = {"onnx": "model.onnx", "openvino": "openvino_model.xml"}
"""The file that the library looks for, in the model's folder and in one named like the runtime."""

_OF_TORCH = ("*.safetensors", "pytorch_model*.bin")
"""What a model can be exported from."""

_ROUNDING = b"DynamicQuantize"
"""How the operations of ONNX begin that round numbers to a scale which they find in them."""

_WHOLE = {"i8", "u8", "i4", "u4"}
"""The types of weights in OpenVINO beside which it rounds what they are multiplied with."""

_PRECISIONS: Mapping[str, tuple[str, str]] = {
    "float32": ("f32", "FP32"),
    "bfloat16": ("bf16", "BF16"),
    "float16": ("f16", "FP16"),
}
"""OpenVINO's name of a precision as a wish, and as something that a processor can do."""


def check_installed(backend: str) -> None:
    """Raise MissingExtraError or EmbedderError with the command that installs what `backend` lacks."""
    if importlib.util.find_spec("sentence_transformers") is None:
        raise MissingExtraError("sentence_transformers", "st")
    for name in _PACKAGES[backend]:
        if importlib.util.find_spec(name) is None:
            raise EmbedderError(f"backend={backend} needs {name}: {_INSTALL[backend]}")


def source_of(checkpoint: Checkpoint, backend: str) -> str:
    """What the library loads: the folder of a model that was downloaded, where the hub would be asked in vain."""
    if checkpoint.commit is None or backend == "torch":
        return checkpoint.source
    from huggingface_hub import constants

    # The library asks the hub which exported files there are, even for a model that lies in the cache.
    folder = folder_of(checkpoint) if constants.HF_HUB_OFFLINE else None
    return str(folder) if folder else checkpoint.source


def arguments(checkpoint: Checkpoint, settings: Settings) -> dict[str, Any]:
    """What an exported model is loaded with: `device` and `model_kwargs`. Raises EmbedderError for a file not there."""
    chosen = _chosen(checkpoint, settings)
    # Said in so many words, because a file that it does not find makes the library export another one.
    file = {"file_name": chosen, "export": False} if chosen else {}
    if settings.backend == "openvino":
        return {"device": settings.device or "cpu", "model_kwargs": file | _for_openvino(settings)}
    provider = _provider(settings.device)
    device = "cpu" if provider.startswith("CPU") else settings.device
    return {"device": device, "model_kwargs": file | {"provider": provider, "session_options": _session_options()}}


def is_quantised(model: Any) -> bool:
    """Whether a loaded model rounds to a scale that depends on all texts of a batch.

    Measured on all-MiniLM-L6-v2: a text's vector has a cosine down to 0.973 (ONNX, int8) and 0.9998 (OpenVINO, int8)
    with the one that it has alone.
    """
    inner = getattr(model[0], "auto_model", None)
    session = getattr(inner, "session", None)
    if session is not None:
        path = Path(session._model_path)  # noqa: SLF001 # optimum reads it there, too
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return content.find(_ROUNDING) >= 0
    graph = getattr(inner, "model", None)
    if getattr(model[0], "backend", "torch") != "openvino" or graph is None:
        return False
    constants = (operation for operation in graph.get_ops() if operation.get_type_name() == "Constant")
    return any(constant.get_output_element_type(0).get_type_name() in _WHOLE for constant in constants)


@contextmanager
def loading(backend: str) -> Iterator[None]:
    """Without what an export warns of, and with what to install where the packages of a runtime do not fit."""
    loggers = {logging.getLogger(name): logging.getLogger(name).level for name in _TALKATIVE}
    try:
        with warnings.catch_warnings():
            if backend != "torch":
                warnings.simplefilter("ignore")
                for logger in loggers:
                    logger.setLevel(logging.ERROR)
            yield
    except ImportError as error:
        if backend == "torch":
            raise
        message = f"{error}. The packages of backend={backend} do not fit each other. In a new environment: "
        raise ImportError(message + _INSTALL[backend]) from error
    finally:
        for logger, level in loggers.items():
            logger.setLevel(level)


def _chosen(checkpoint: Checkpoint, settings: Settings) -> str | None:
    """The exported file, as the library is to be told; None where it finds it, or exports the model, by itself."""
    source = Path(source_of(checkpoint, settings.backend))
    if not source.is_dir():
        return settings.file
    folder = source / next(iter(checkpoint.modules()), {"path": ""})["path"]
    usual = _USUAL[settings.backend]
    there = sorted(path.relative_to(folder).as_posix() for path in folder.rglob(f"*{PurePosixPath(usual).suffix}"))
    wanted = [settings.file] if settings.file else [usual, f"{settings.backend}/{usual}"]
    found = next((file for file in wanted if file in there), None)
    if found or (not settings.file and any(any(folder.glob(weights)) for weights in _OF_TORCH)):
        return found
    known = f"It holds {', '.join(there)}: choose one with file=…" if there else "It holds no such file"
    raise EmbedderError(f"{source} has no {' or '.join(wanted)} for backend={settings.backend}. {known}")


def _provider(device: str | None) -> str:
    # Heavy, and not installed everywhere.
    import onnxruntime

    cuda = "CUDAExecutionProvider"
    wants = device is None or device.startswith("cuda")
    return cuda if wants and cuda in onnxruntime.get_available_providers() else "CPUExecutionProvider"


def _session_options() -> Any:
    import onnxruntime

    limits = onnxruntime.SessionOptions()
    limits.intra_op_num_threads = thread_count()
    limits.inter_op_num_threads = 1
    return limits


def _for_openvino(settings: Settings) -> dict[str, Any]:
    wish, ability = _PRECISIONS[settings.dtype]
    import openvino

    able = openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    if settings.device in {None, "cpu"} and ability not in able:
        raise EmbedderError(f"dtype={settings.dtype}: OpenVINO can do {', '.join(able)} on this processor")
    # Left alone, OpenVINO computes in bfloat16 where the processor can, and keeps a cache beside a model for a GPU.
    config = {"INFERENCE_PRECISION_HINT": wish, "INFERENCE_NUM_THREADS": str(thread_count()), "CACHE_DIR": ""}
    return {"ov_config": config, "load_in_8bit": False}
