"""The options of `st:`: which decide the vectors, which run several processes, which do not fit together."""

from __future__ import annotations

import pytest

from harness.embedders.st.settings import Settings, read_settings
from harness.errors import UsageError
from harness.model import Spec


def read(**options: str) -> Settings:
    """The settings of a spec with these options."""
    return read_settings(Spec("st:m", "st", "m", options))


def test_what_runs_where_decides_no_vector() -> None:
    """Devices, processes and batches are not part of an identity; the file of a runtime is."""
    assert read(processes="3", batch_size="8").deciding() == ()
    assert read(devices="cuda:0,cuda:1").deciding() == ()
    of_file = read(backend="onnx", file="onnx/model_quantized.onnx").deciding()
    assert of_file == (("backend", "onnx"), ("file", "onnx/model_quantized.onnx"))


@pytest.mark.parametrize(
    ("options", "device", "workers"),
    [
        ({}, None, ()),
        ({"processes": "1"}, None, ()),
        ({"processes": "3"}, "cpu", ("cpu", "cpu", "cpu")),
        ({"processes": "2", "device": "cpu"}, "cpu", ("cpu", "cpu")),
        ({"devices": "cuda:0,cuda:1"}, "cuda:0", ("cuda:0", "cuda:1")),
        ({"devices": "cuda:1"}, "cuda:1", ()),
    ],
)
def test_processes_and_devices(options: dict[str, str], device: str | None, workers: tuple[str, ...]) -> None:
    """N processes share the CPU, or each has a device of its own; one process is none beside this one."""
    settings = read(**options)
    assert (settings.device, settings.workers) == (device, workers)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"device": "cuda:0", "devices": "cuda:0,cuda:1"}, "device names one device and devices several"),
        ({"processes": "2", "devices": "cuda:0,cuda:1"}, "device names one device and devices several"),
        ({"processes": "2", "device": "cuda:0"}, "processes are for the CPU; name several GPUs as in devices="),
        ({"devices": "cuda:0,"}, "devices must name devices"),
        ({"processes": "0"}, "a whole number, at least 1"),
        ({"processes": "2", "backend": "onnx"}, "several processes are for backend=torch"),
        ({"file": "model.onnx"}, "file is for backend=onnx and backend=openvino"),
        ({"backend": "onnx", "pooling": "cls"}, "pooling is for backend=torch"),
        ({"backend": "onnx", "dtype": "bfloat16"}, "backend=onnx computes in float32; a quantised model is a file"),
    ],
)
def test_what_does_not_fit_is_refused(options: dict[str, str], message: str) -> None:
    """The message says which options are meant for what."""
    with pytest.raises(UsageError, match=f"st:m: .*{message}"):
        read(**options)
