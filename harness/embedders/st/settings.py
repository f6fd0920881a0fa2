"""The options of `st:`, typed: which of them decide the vectors, and which of them fit together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.embedders.options import deciding, options
from harness.embedders.st.pooling import POOLINGS
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.embedders.options import Options
    from harness.model import Role, Spec

_DEFAULTS = {
    "dtype": "float32",
    "backend": "torch",
    "file": None,
    "max_length": None,
    "pooling": None,
    "query_prompt": None,
    "document_prompt": None,
    "trust_remote_code": "false",
}
"""Options that decide the vectors, all but the revision."""

_KNOWN = (*_DEFAULTS, "revision", "device", "devices", "processes", "batch_size")

_DTYPES: Mapping[str, tuple[str, ...]] = {
    "torch": ("bfloat16", "float16", "float32"),
    "onnx": ("float32",),
    "openvino": ("bfloat16", "float16", "float32"),
}
"""What each runtime can be told to compute in; a quantised file has whole numbers beside it."""


@dataclass(frozen=True)
class Settings:
    """The options of a spec. None leaves the choice to the model or the library.

    workers: the devices of several processes, a device twice where two processes share it; empty for one process.
    """

    dtype: str
    backend: str
    file: str | None
    max_length: int | None
    pooling: str | None
    query_prompt: str | None
    document_prompt: str | None
    trust_remote_code: bool
    revision: str | None
    device: str | None
    workers: tuple[str, ...]
    batch_size: int | None

    def prompts(self) -> dict[Role, str]:
        """The prompts that the user gave; an empty one switches the model's own off."""
        given: dict[Role, str | None] = {"query": self.query_prompt, "document": self.document_prompt}
        return {role: prompt for role, prompt in given.items() if prompt is not None}

    def deciding(self) -> tuple[tuple[str, str], ...]:
        """Those that belong into an Identity."""
        values = {name: getattr(self, name) for name in _DEFAULTS}
        return deciding(values | {"trust_remote_code": str(self.trust_remote_code).lower()}, _DEFAULTS)


def read_settings(spec: Spec) -> Settings:
    """The options of `spec`, typed. Raises UsageError for an unknown one, a value or combination that does not fit."""
    given = options(spec, _KNOWN)
    device, workers = _devices(given)
    settings = Settings(
        dtype=given.choice("dtype", "float32", _DTYPES["torch"]),
        backend=given.choice("backend", "torch", _DTYPES),
        file=given.text("file", None),
        max_length=given.integer("max_length", None),
        pooling=given.choice("pooling", "", POOLINGS) if "pooling" in spec.options else None,
        query_prompt=given.text("query_prompt", None),
        document_prompt=given.text("document_prompt", None),
        trust_remote_code=given.flag("trust_remote_code", default=False),
        revision=given.text("revision", None),
        device=device,
        workers=workers,
        batch_size=given.integer("batch_size", None),
    )
    fault = _fault(settings)
    if fault:
        raise UsageError(f"{spec.text}: {fault}")
    return settings


def _devices(given: Options) -> tuple[str | None, tuple[str, ...]]:
    """The device that the model is loaded on, and those of its processes where there are several."""
    device, listed = given.text("device", None), given.text("devices", None)
    processes = given.integer("processes", 1)
    if sum(name in given.spec.options for name in ("device", "devices")) > 1 or (listed and processes > 1):
        raise UsageError(
            f"{given.spec.text}: device names one device and devices several, a process on each; processes=N is for N "
            "processes on the CPU"
        )
    if processes > 1 and device not in {None, "cpu"}:
        raise UsageError(f"{given.spec.text}: processes are for the CPU; name several GPUs as in devices=cuda:0,cuda:1")
    devices = tuple(listed.split(",")) if listed else ("cpu",) * processes
    if not all(devices):
        raise UsageError(f"{given.spec.text}: option devices must name devices, as in devices=cuda:0,cuda:1")
    if len(devices) > 1:
        return devices[0], devices
    return (devices[0] if listed else device), ()


def _fault(settings: Settings) -> str:
    """Why options do not fit together, or nothing."""
    backend = settings.backend
    if settings.dtype not in _DTYPES[backend]:
        return f"backend={backend} computes in {', '.join(_DTYPES[backend])}; a quantised model is a file: file=…"
    if backend == "torch":
        return "file is for backend=onnx and backend=openvino" if settings.file else ""
    if settings.pooling:
        return "pooling is for backend=torch"
    if settings.workers:
        return f"several processes are for backend=torch; backend={backend} uses the threads of one (OMP_NUM_THREADS)"
    return ""
