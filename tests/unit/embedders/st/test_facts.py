"""What is known of a model of sentence-transformers from its files alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.embedders.st.facts import st_facts
from harness.embedders.st.identity import locate
from harness.model import Spec

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("runtime", "install"),
    [
        ("onnx", "embedding-harness[st] 'sentence-transformers[onnx]<6'"),
        ("openvino", "embedding-harness[st] 'sentence-transformers[openvino]'"),
        ("torch", "embedding-harness[st]"),
    ],
)
def test_a_folder_without_files_of_the_runtime_is_exported(tmp_path: Path, runtime: str, install: str) -> None:
    """Its weights are those of torch, which lie there; what pip is told installs the runtime, too."""
    (tmp_path / "modules.json").write_text("[]", "utf-8")
    (tmp_path / "pytorch_model.bin").write_bytes(b"x" * 100)
    known = st_facts(locate(Spec(f"st:{tmp_path}", "st", str(tmp_path), {}), None), runtime, None)
    assert known.disk_bytes == 102
    assert (known.loading is None) is (runtime == "torch")
    assert known.install == install


def test_a_folder_with_such_a_file_is_not(tmp_path: Path) -> None:
    """It is loaded as it is, and weighed."""
    (tmp_path / "modules.json").write_text("[]", "utf-8")
    (tmp_path / "pytorch_model.bin").write_bytes(b"x" * 100)
    (tmp_path / "onnx").mkdir()
    (tmp_path / "onnx" / "model.onnx").write_bytes(b"x" * 50)
    known = st_facts(locate(Spec(f"st:{tmp_path}", "st", str(tmp_path), {}), None), "onnx", None)
    assert (known.disk_bytes, known.loading) == (52, None)
