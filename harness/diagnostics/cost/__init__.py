"""What it costs to run an embedder: from what was timed and counted to measures with their spread. No clock here."""

from __future__ import annotations

from harness.diagnostics.cost.documents import Priced, compact, document_count, effort, index_sizes, money
from harness.diagnostics.cost.latency import latency
from harness.diagnostics.cost.measure import Measure, Profile, absent, said, spread, yes_or_no
from harness.diagnostics.cost.throughput import Rate, TokenCount, best_of, throughput

__all__ = [
    "Measure",
    "Priced",
    "Profile",
    "Rate",
    "TokenCount",
    "absent",
    "best_of",
    "compact",
    "document_count",
    "effort",
    "index_sizes",
    "latency",
    "money",
    "said",
    "spread",
    "throughput",
    "yes_or_no",
]
