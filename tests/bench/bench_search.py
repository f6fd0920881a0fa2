"""Exact search against a matrix product alone, numpy, torch, faiss and mteb, on the same unit vectors.

`python tests/bench/bench_search.py` prints CPU and wall seconds, medians of interleaved repeats, and their ratios to
the blocked matrix product that every exact search has to make. What is not installed is left out, with a note.
"""

from __future__ import annotations

import argparse
import importlib.util
import logging
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from harness.search import top_k, unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.model import Index, Vectors

DEPTHS = (10, 100, 1000)
BLOCK = 16_384
"""Documents per block of the other libraries: the fastest in earlier measurements."""


def product(queries: Vectors, documents: Vectors, _: int) -> None:
    """The matrix product alone, in blocks of 4,096 documents."""
    scores = np.empty((len(queries), 4096), np.float32)
    for start in range(0, len(documents), 4096):
        block = documents[start : start + 4096]
        np.matmul(queries, block.T, out=scores[:, : len(block)])


def with_harness(queries: Vectors, documents: Vectors, k: int) -> Index:
    """`harness.search.top_k`."""
    return top_k(queries, documents, k).indices


def with_numpy(queries: Vectors, documents: Vectors, k: int) -> Index:
    """Matrix product and argpartition per block, then the best of all blocks."""
    scores, indices = [], []
    for start in range(0, len(documents), BLOCK):
        block = queries @ documents[start : start + BLOCK].T
        width = min(k, block.shape[1])
        best = np.argpartition(block, block.shape[1] - width, axis=1)[:, block.shape[1] - width :]
        scores.append(np.take_along_axis(block, best, axis=1))
        indices.append(best + start)
    merged = np.concatenate(scores, axis=1)
    order = np.argsort(-merged, axis=1)[:, :k]
    return np.take_along_axis(np.concatenate(indices, axis=1), order, axis=1)


def with_torch(queries: Vectors, documents: Vectors, k: int) -> Index:
    """Matrix product and topk per block, then the topk of all blocks."""
    import torch

    left, right = torch.from_numpy(queries), torch.from_numpy(documents)
    scores, indices = [], []
    for start in range(0, len(documents), BLOCK):
        block = left @ right[start : start + BLOCK].T
        values, best = block.topk(min(k, block.shape[1]))
        scores.append(values)
        indices.append(best + start)
    order = torch.cat(scores, dim=1).topk(k).indices
    return torch.cat(indices, dim=1).gather(1, order).numpy()


def with_faiss(queries: Vectors, documents: Vectors, k: int) -> Index:
    """IndexFlatIP as shipped."""
    import faiss

    index = faiss.IndexFlatIP(documents.shape[1])
    index.add(documents)
    return index.search(queries, k)[1]


def with_mteb(queries: Vectors, documents: Vectors, k: int) -> Index:
    """mteb's own search over the whole corpus, with an encoder that has the vectors ready."""
    from datasets import Dataset, disable_progress_bars
    from mteb.models.search_wrappers import SearchEncoderWrapper

    disable_progress_bars()
    encoder = _Ready(queries, documents)
    search = SearchEncoderWrapper(encoder)
    rows = [{"id": str(i), "text": "", "title": ""} for i in range(len(documents))]
    asked = [{"id": str(i), "text": ""} for i in range(len(queries))]
    where: dict[str, Any] = {
        "task_metadata": _retrieval_metadata(),
        "hf_split": "test",
        "hf_subset": "default",
        "encode_kwargs": {"batch_size": 32, "show_progress_bar": False},
    }
    search.index(Dataset.from_list(rows), **where)
    found = search.search(Dataset.from_list(asked), top_k=k, **where)
    best = [sorted(row, key=row.__getitem__, reverse=True) for row in found.values()]
    return np.array(best, dtype=np.intp)


class _Ready:
    """An encoder in mteb's sense that looks nothing at its inputs but whose turn it is."""

    def __init__(self, queries: Vectors, documents: Vectors) -> None:
        from mteb.models.model_meta import ModelMeta

        self.mteb_model_meta = ModelMeta.create_empty(overwrites={"name": "bench/ready", "revision": "1"})
        self._queries = queries
        self._documents = documents
        self._given = 0

    def encode(self, inputs: Any, *, prompt_type: Any, **_: Any) -> Vectors:
        """The vectors of the next texts."""
        if prompt_type.value == "query":
            return self._queries
        start, self._given = self._given, self._given + len(inputs.dataset)
        return self._documents[start : self._given]

    def similarity(self, queries: Any, documents: Any) -> Any:
        """Cosines as mteb takes them."""
        from mteb.similarity_functions import cos_sim

        return cos_sim(queries, documents)


def _retrieval_metadata() -> Any:
    from mteb.abstasks.task_metadata import TaskMetadata

    return TaskMetadata(
        name="Bench",
        description="vectors that are ready",
        type="Retrieval",
        category="t2t",
        eval_langs=["eng-Latn"],
        main_score="ndcg_at_10",
        dataset={"path": "bench", "revision": "1"},
    )


SEARCHES: dict[str, tuple[str, Any, tuple[int, ...]]] = {
    "matrix product alone": ("numpy", product, DEPTHS),
    "harness": ("numpy", with_harness, DEPTHS),
    "torch matmul + topk": ("torch", with_torch, DEPTHS),
    "faiss IndexFlatIP": ("faiss", with_faiss, DEPTHS),
    "numpy argpartition": ("numpy", with_numpy, DEPTHS),
    "mteb": ("mteb", with_mteb, (1000,)),
}


def seconds(run: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds of one call."""
    cpu, wall = time.process_time(), time.perf_counter()
    run()
    return time.process_time() - cpu, time.perf_counter() - wall


def measure(queries: Vectors, documents: Vectors, k: int, repeats: int) -> Mapping[str, tuple[float, float, float]]:
    """Per search the median CPU and wall seconds, and the share of its answers that the harness found too."""
    chosen = {
        name: search
        for name, (package, search, depths) in SEARCHES.items()
        if importlib.util.find_spec(package) and k in depths
    }
    expected = with_harness(queries, documents, k)
    agreement = {name: _agreement(search(queries, documents, k), expected) for name, search in chosen.items()}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in chosen}
    for _ in range(repeats):
        for name, search in chosen.items():
            taken[name].append(seconds(lambda search=search: search(queries, documents, k)))
    medians = {name: np.median(times, axis=0) for name, times in taken.items()}
    return {name: (cpu, wall, agreement[name]) for name, (cpu, wall) in medians.items()}


def _agreement(found: Index | None, expected: Index) -> float:
    if found is None:
        return np.nan
    return float(np.mean([len(np.intersect1d(a, b)) / len(b) for a, b in zip(found, expected, strict=True)]))


def limit_threads(threads: int) -> None:
    """One limit for every library: their defaults differ, and a busy neighbour makes more threads slower."""
    threadpool_limits(threads)
    if importlib.util.find_spec("torch"):
        import torch

        torch.set_num_threads(threads)
    if importlib.util.find_spec("faiss"):
        import faiss

        faiss.omp_set_num_threads(threads)
        threadpool_limits(threads)


def main() -> None:
    """Print one table per k."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--docs", type=int, default=100_000)
    options.add_argument("--queries", type=int, default=1000)
    options.add_argument("--dimensions", type=int, default=384)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--repeats", type=int, default=5)
    chosen = options.parse_args()
    limit_threads(chosen.threads)
    logging.disable(logging.WARNING)
    random = np.random.default_rng(0)
    queries, documents = (
        unit(random.standard_normal((rows, chosen.dimensions), dtype=np.float32))
        for rows in (chosen.queries, chosen.docs)
    )
    write = sys.stdout.write
    write(f"{chosen.docs} documents × {chosen.dimensions}, {chosen.queries} queries, {chosen.threads} thread(s)\n")
    for package in sorted({package for package, _, _ in SEARCHES.values()}):
        if not importlib.util.find_spec(package):
            write(f"{package} is not installed: left out\n")
    for k in DEPTHS:
        rows = measure(queries, documents, min(k, chosen.docs), chosen.repeats)
        least_cpu, least_wall, _ = rows["matrix product alone"]
        write(f"\nk = {k:<20} {'CPU s':>8} {'ratio':>6} {'wall s':>8} {'ratio':>6} {'agrees':>8}\n")
        for name, (cpu, wall, agrees) in rows.items():
            ratios = f"{cpu:8.3f} {cpu / least_cpu:6.2f} {wall:8.3f} {wall / least_wall:6.2f}"
            write(f"{name:<24} {ratios} {'' if np.isnan(agrees) else f'{agrees:8.4%}'}\n")


if __name__ == "__main__":
    main()
