"""Baselines: results kept as text in a repository, so that a review sees what changes.

NAME.jsonl ──▶ lines   a header, then a line per environment, per suite and embedder, per metric
NAME.items.tsv ──▶ blocks   a row per item of each suite and embedder
both ──▶ files   written together or not at all, one writer at a time, and refused where somebody edited them
"""

from __future__ import annotations

from harness.store.baselines.baseline import DECIMALS, Baseline, Blessing, rounded
from harness.store.baselines.files import BaselineFiles, baseline_files, baseline_names, read_baseline, write_baseline
from harness.store.baselines.names import check_name

__all__ = [
    "DECIMALS",
    "Baseline",
    "BaselineFiles",
    "Blessing",
    "baseline_files",
    "baseline_names",
    "check_name",
    "read_baseline",
    "rounded",
    "write_baseline",
]
