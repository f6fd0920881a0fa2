"""Ranking metrics against pytrec_eval: 10,000 queries × the best 1,000 of 100,000 documents.

`python tests/bench/bench_metrics.py` prints CPU seconds, medians of interleaved repeats. Ours start from a ranking by
positions and the judgements, pytrec_eval from dictionaries that are ready; making those is shown on a line of its own.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pytrec_eval

from harness.metrics import ranking as metrics
from harness.metrics.ranking import Ranked, Relevant, ranked
from harness.model import Ranking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTS = 100_000
DEPTH = 1000
MEASURES = {
    "ndcg_cut_10": metrics.ndcg(10),
    "recall_10": metrics.recall(10),
    "recall_100": metrics.recall(100),
    "P_10": metrics.precision(10),
    "map_cut_100": metrics.mean_average_precision(100),
    "recip_rank": metrics.mrr(None),
}
ASKED = {"ndcg_cut.10", "recall.10,100", "P.10", "map_cut.100", "recip_rank"}


def rankings(queries: int, documents: int) -> Ranking:
    """Random documents in the order of falling scores, none twice in a query."""
    random = np.random.default_rng(0)
    # A step that shares no factor with the number of documents visits each of them once.
    start = random.integers(documents, size=(queries, 1))
    indices = (start + 7919 * np.arange(min(DEPTH, documents))) % documents
    return Ranking(indices, np.tile(np.linspace(1, 0, indices.shape[1], dtype=np.float32), (queries, 1)))


def judgements(ranking: Ranking, documents: int) -> list[dict[int, float]]:
    """Ten judged documents per query: five that were found, and five at random."""
    random = np.random.default_rng(1)
    return [
        {
            int(document): float(random.integers(1, 4))
            for document in (*random.choice(row, 5), *random.integers(documents, size=5))
        }
        for row in ranking.indices
    ]


def joined(ranking: Ranking, relevant: Relevant, documents: int) -> Ranked:
    """From arrays of a run and of judgements to what the metrics read: what a dictionary is to pytrec_eval."""
    queries = len(ranking.indices)
    ids = [str(i) for i in range(queries)]
    return ranked((ids, ids), ranking, relevant, np.full(queries, documents), np.full(queries, -1))


def ours(judged: Ranked) -> Mapping[str, float]:
    """Score what is joined."""
    return {name: metric.score(judged) for name, metric in MEASURES.items()}


def theirs(evaluator: pytrec_eval.RelevanceEvaluator, run: dict[str, dict[str, float]]) -> Mapping[str, float]:
    """Score with dictionaries that are ready."""
    rows = evaluator.evaluate(run).values()
    return {name: float(np.mean([row[name] for row in rows])) for name in MEASURES}


def as_dictionaries(ranking: Ranking) -> dict[str, dict[str, float]]:
    """The run as pytrec_eval wants it."""
    rows = zip(ranking.indices.tolist(), ranking.scores.tolist(), strict=True)
    return {str(q): dict(zip(map(str, row), scores, strict=True)) for q, (row, scores) in enumerate(rows)}


def seconds(run: Callable[[], object], repeats: int) -> float:
    """Median CPU seconds."""
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return float(np.median(taken))


def main() -> None:
    """Print the times, their ratio, and the largest difference between the scores."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--queries", type=int, default=10_000)
    options.add_argument("--docs", type=int, default=DOCUMENTS)
    options.add_argument("--repeats", type=int, default=3)
    chosen = options.parse_args()
    ranking = rankings(chosen.queries, chosen.docs)
    judged = judgements(ranking, chosen.docs)
    relevant = Relevant.of(judged)
    qrels = {str(q): {str(d): int(gain) for d, gain in row.items()} for q, row in enumerate(judged)}
    evaluator = pytrec_eval.RelevanceEvaluator(qrels, ASKED)
    run = as_dictionaries(ranking)
    ready = joined(ranking, relevant, chosen.docs)
    joining = seconds(lambda: joined(ranking, relevant, chosen.docs), chosen.repeats)
    mine = seconds(lambda: ours(ready), chosen.repeats)
    making = seconds(lambda: as_dictionaries(ranking), 1)
    other = seconds(lambda: theirs(evaluator, run), chosen.repeats)
    scores, reference = ours(ready), theirs(evaluator, run)
    apart = max(abs(scores[name] - reference[name]) for name in MEASURES)
    sys.stdout.write(
        f"{chosen.queries} queries × {ranking.indices.shape[1]}, {len(MEASURES)} metrics, CPU s\n"
        f"{'':32}{'harness':>10}{'pytrec_eval':>13}{'ratio':>8}\n"
        f"{'prepare: join, dictionaries':32}{joining:10.3f}{making:13.3f}{making / joining:8.1f}\n"
        f"{'score what is prepared':32}{mine:10.3f}{other:13.3f}{other / mine:8.1f}\n"
        f"{'both, from arrays':32}{joining + mine:10.3f}{making + other:13.3f}"
        f"{(making + other) / (joining + mine):8.1f}\n"
        f"largest difference {apart:.1e}\n"
    )


if __name__ == "__main__":
    main()
