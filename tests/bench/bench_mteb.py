"""A task of mteb's here and through `mteb.evaluate`, side by side: the same embedder, the same data, the same scores.

`python tests/bench/bench_mteb.py` prints two tables, each number a median of interleaved repeats, each in a process of
its own, on one thread.

Whole processes: a retrieval task of 20,000 documents × 500 queries in a folder, with a cheap embedder, so that nearly
all of the time is the harness's: first with nothing on disk, then again with the vectors kept (here in our cache; there
in its CachedEmbeddingWrapper, its cache of results off, as a cache of results is no evaluation). The first time, the
list of mteb's tasks is made here too, once for each version of mteb.

Scoring alone: vectors are given, 100,000 × 384, 1,000 queries, the best 1,000 of each. Memory is what it grows by over
the process that has everything imported and the vectors in place.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TASK = "SciFact"
"""Whose name the data go by: retrieval."""
EMBEDDER = "baseline:onehot?dim=384"
DIMENSIONS = 384
DEPTH = 1000
CUTOFFS = (1, 3, 5, 10, 20, 100, 1000)
MEASURES = ("ndcg", "map", "recall", "precision", "hit", "mrr")

BY_MTEB = """
import sys
import mteb
from mteb.models import CachedEmbeddingWrapper
from harness.embedders.resolve import open_embedder, parse_spec
from harness.interop.mteb.encoders import encoder

folder, task, spec, cache = sys.argv[1:]
known = type(mteb.get_task(task))

class Local(known):
    metadata = known.metadata.model_copy(update={"dataset": {**known.metadata.dataset, "path": folder}})

model = CachedEmbeddingWrapper(encoder(open_embedder(parse_spec(spec))), cache)
print(mteb.evaluate(model, Local(), cache=None, co2_tracker=False, show_progress_bar=False)[0].get_score())
"""
"""What one writes to have a task of mteb's judged with local data and kept vectors."""


@dataclass(frozen=True)
class Spent:
    """CPU and wall seconds, and the peak of memory, or what it grew by, in MB."""

    cpu: float
    wall: float
    megabytes: float


# Whole processes.


def write_task(folder: Path, documents: int, queries: int) -> None:
    """A dataset's repository: documents of 20 to 120 words, and queries of 15 words of the document they want.

    Without titles: CachedEmbeddingWrapper puts a title before its text twice, so that the scores would differ. Few
    words would make ties, which mteb breaks by what rounding left of them.
    """
    random = np.random.default_rng(0)
    words = np.array([f"word{number}" for number in range(20_000)])
    frequency = 1 / np.arange(1, len(words) + 1)
    frequency /= frequency.sum()
    texts = [random.choice(words, int(size), p=frequency) for size in random.integers(20, 121, documents)]
    rows = {
        "corpus": [{"_id": f"d{number}", "title": "", "text": " ".join(text)} for number, text in enumerate(texts)],
        "queries": [
            {"_id": f"q{number}", "text": " ".join(random.choice(texts[number], 15))} for number in range(queries)
        ],
        "test": [{"query-id": f"q{number}", "corpus-id": f"d{number}", "score": 1} for number in range(queries)],
    }
    for name, table in rows.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in table), "utf-8")
    card = ["---", "configs:"]
    for config, split in {"default": "test", "corpus": "corpus", "queries": "queries"}.items():
        card += [f"- config_name: {config}", "  data_files:", f"  - split: {split}", f"    path: {split}.jsonl"]
    (folder / "README.md").write_text("\n".join([*card, "---", ""]), "utf-8")


def process(command: Sequence[str], scratch: Path) -> tuple[Spent, str]:
    """A process, whole, and what it printed. Its own user's caches are below `scratch`."""
    own = {
        "HF_HOME": str(scratch / "hub"),
        "MTEB_CACHE": str(scratch / "mteb"),
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    errors = scratch / "errors.txt"
    started = time.perf_counter()
    with errors.open("w", encoding="utf-8") as stream:
        child = subprocess.Popen(command, env=os.environ | own, stdout=subprocess.PIPE, stderr=stream, text=True)
        assert child.stdout is not None
        with child.stdout:
            printed = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command[:4]} failed:\n{errors.read_text('utf-8')[-2000:]}")
    wall = time.perf_counter() - started
    return Spent(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024), printed


def with_harness(task: Path, scratch: Path) -> tuple[Spent, float]:
    """`harness run`, and its headline."""
    scratch.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "harness", "run", "-s", f"mteb:{TASK}?data={task}", "-e", EMBEDDER]
    command += ["--cache", str(scratch / "cache"), "--store", str(scratch / "store.duckdb"), "--threads", "1"]
    spent, printed = process([*command, "--format", "json"], scratch)
    rows = json.loads(printed)
    return spent, next(row["value"] for row in rows if row["headline"])


def with_mteb(task: Path, scratch: Path) -> tuple[Spent, float]:
    """The script, and its main score."""
    scratch.mkdir(exist_ok=True)
    command = [sys.executable, "-c", BY_MTEB, str(task), TASK, EMBEDDER, str(scratch / "vectors")]
    spent, printed = process(command, scratch)
    return spent, float(printed.split()[-1])


def whole(scratch: Path, documents: int, queries: int, repeats: int) -> str:
    """The first table."""
    task = scratch / "task"
    task.mkdir()
    write_task(task, documents, queries)
    taken: dict[tuple[str, str], list[Spent]] = {}
    scores = set()
    for repeat in range(repeats):
        for state in ("cold", "warm"):
            for name, way in (("harness", with_harness), ("mteb", with_mteb)):
                spent, score = way(task, scratch / f"{name}-{repeat}")
                taken.setdefault((state, name), []).append(spent)
                scores.add(round(score, 4))
    head = f"whole processes, {documents:,} documents × {queries:,} queries, {EMBEDDER}, nDCG@10 {sorted(scores)}"
    return table(
        head, "peak MB", {state: (taken[state, "harness"], taken[state, "mteb"]) for state in ("cold", "warm")}
    )


# Scoring alone.


def vectors(documents: int, queries: int) -> tuple[Any, Any, Any]:
    """Documents and queries, unit vectors, and which document each query wants; it is near it, among others."""
    random = np.random.default_rng(0)
    corpus = random.standard_normal((documents, DIMENSIONS), dtype=np.float32)
    wanted = random.permutation(documents)[:queries]
    asked = 0.25 * corpus[wanted] + random.standard_normal((queries, DIMENSIONS), dtype=np.float32)
    return *(rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (corpus, asked)), wanted


class Ready:
    """An embedder that has the vectors of all texts, documents in the order of their numbers."""

    def __init__(self, corpus: Any, asked: Any) -> None:
        from harness.model import Identity

        self.identity = Identity("bench", "ready", "1")
        self._rows = {"document": corpus, "query": asked}
        self._given = 0

    def embed(self, texts: Sequence[str], role: str) -> Any:
        """Those of the next texts, or all of them, whatever order they are asked for in."""
        rows = self._rows[role]
        if len(texts) == len(rows):
            return rows
        start, self._given = self._given, self._given + len(texts)
        return rows[start : self._given]


def scored_by_harness(documents: int, queries: int, *, items: bool) -> Callable[[], float]:
    """Search and all metrics; with items, `evaluate`: rows per item, intervals and findings besides."""
    from harness import plugins
    from harness.errors import Faults
    from harness.evaluate import evaluate
    from harness.model import Suite, Table
    from harness.tasks.retrieval import Retrieval

    corpus, asked, wanted = vectors(documents, queries)
    names = [str(number).zfill(6) for number in reversed(range(documents))]  # held in descending order
    numbers = [str(number) for number in range(queries)]
    columns = {
        "corpus": {"_id": names, "text": names},
        "queries": {"_id": numbers, "text": numbers},
        "qrels": {"query-id": numbers, "corpus-id": [names[place] for place in wanted], "score": [1.0] * queries},
    }
    tables = {name: Table(name, name, rows, range(len(next(iter(rows.values()))))) for name, rows in columns.items()}
    task = Retrieval.read(tables, Retrieval.parameters, DEPTH, Faults())
    metrics = tuple(plugins.find("metrics", name)(cutoff) for name in MEASURES for cutoff in CUTOFFS)  # type: ignore[operator]  # metrics are made so
    suite = Suite("bench", "", "", task, metrics, "0" * 32, "")
    embedder = Ready(corpus, asked)

    def score() -> float:
        if items:
            outcome = evaluate(suite, embedder)
            return next(one.value for one in outcome.scores if one.metric == "ndcg@10" and one.value is not None)
        (judged,) = task.judge({"documents": corpus, "queries": asked})
        return {metric.name: metric.score(judged) for metric in metrics}["ndcg@10"]

    return score


def scored_by_mteb(documents: int, queries: int) -> Callable[[], float]:
    """`mteb.evaluate` on a task that has its data in memory, with an encoder that has the vectors."""
    import datasets
    import mteb
    from mteb.abstasks.retrieval import AbsTaskRetrieval

    from harness.interop.mteb.encoders import encoder

    corpus, asked, wanted = vectors(documents, queries)
    names = [str(number).zfill(6) for number in range(documents)]
    numbers = [str(number) for number in range(queries)]
    split = {
        "corpus": datasets.Dataset.from_dict({"id": names, "text": names}),
        "queries": datasets.Dataset.from_dict({"id": numbers, "text": numbers}),
        "relevant_docs": {number: {names[place]: 1} for number, place in zip(numbers, wanted, strict=True)},
        "top_ranked": None,
    }

    def load_data(self: Any, **_: Any) -> None:
        self.dataset, self.data_loaded = {"default": {"test": split}}, True

    metadata = mteb.get_task(TASK).metadata
    task = type("Ready", (AbsTaskRetrieval,), {"metadata": metadata, "load_data": load_data})()
    theirs = encoder(Ready(corpus, asked))
    theirs.similarity = mteb.similarity_functions.cos_sim  # its own
    datasets.disable_progress_bars()

    def score() -> float:
        result = mteb.evaluate(theirs, task, cache=None, co2_tracker=False, show_progress_bar=False)
        return float(result[0].get_score())

    return score


def measured(way: Callable[[int, int], Callable[[], float]], documents: int, queries: int) -> dict[str, float]:
    """What a call costs beyond what is there before: the vectors, and whatever the same call on little data imports."""
    way(50, 5)()
    score = way(documents, queries)
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # the peak so far is forgotten
    before, cpu, wall = status("VmRSS"), time.process_time(), time.perf_counter()
    value = score()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"cpu": cpu, "wall": wall, "megabytes": status("VmHWM") - before, "value": value}


def status(field: str) -> float:
    """A figure of this process's memory, in MB."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))


SCORING = {
    "harness": lambda documents, queries: scored_by_harness(documents, queries, items=False),
    "harness with items": lambda documents, queries: scored_by_harness(documents, queries, items=True),
    "mteb": scored_by_mteb,
}


def scoring(scratch: Path, documents: int, queries: int, repeats: int) -> str:
    """The second table."""
    taken: dict[str, list[Spent]] = {name: [] for name in SCORING}
    scores = set()
    for _ in range(repeats):
        for name in SCORING:
            command = [sys.executable, __file__, "--alone", name, "--documents", str(documents)]
            _, printed = process([*command, "--queries", str(queries)], scratch)
            found = json.loads(printed.splitlines()[-1])
            scores.add(round(found.pop("value"), 4))
            taken[name].append(Spent(**found))
    head = f"scoring alone, {documents:,} × {DIMENSIONS}, {queries:,} queries, top {DEPTH}, nDCG@10 {sorted(scores)}"
    ways = {
        "metrics": (taken["harness"], taken["mteb"]),
        "metrics, items, intervals": (taken["harness with items"], taken["mteb"]),
    }
    return table(head, "MB grown", ways)


def table(head: str, memory: str, ways: Mapping[str, tuple[list[Spent], list[Spent]]]) -> str:
    """Medians of ours and of mteb's, and theirs over ours; for memory ours over theirs."""
    lines = [head, f"{'':28}{'':10}{'CPU s':>9}{'wall s':>9}{memory:>10}"]
    for name, pair in ways.items():
        ours, theirs = (np.median([[one.cpu, one.wall, one.megabytes] for one in taken], axis=0) for taken in pair)
        for label, row in (("harness", ours), ("mteb", theirs)):
            lines.append(f"{name:28}{label:10}{row[0]:9.2f}{row[1]:9.2f}{row[2]:10.0f}")
        ratios = f"{theirs[0] / ours[0]:8.1f}×{theirs[1] / ours[1]:8.1f}×{ours[2] / theirs[2]:9.0%}"
        lines.append(f"{'':28}{'':10}{ratios}")
    return "\n".join(lines)


def main() -> None:
    """Both tables, or what one child measures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--alone", choices=SCORING, help=argparse.SUPPRESS)
    options.add_argument("--documents", type=int, default=100_000)
    options.add_argument("--queries", type=int, default=1000)
    chosen = options.parse_args()
    write = sys.stdout.write
    if chosen.alone:
        write(json.dumps(measured(SCORING[chosen.alone], chosen.documents, chosen.queries)) + "\n")
        return
    if not importlib.util.find_spec("mteb"):
        write("mteb is not installed: nothing to compare with\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        write(whole(Path(folder), chosen.documents // 5, chosen.queries // 2, chosen.repeats) + "\n\n")
        write(scoring(Path(folder), chosen.documents, chosen.queries, chosen.repeats) + "\n")


if __name__ == "__main__":
    main()
