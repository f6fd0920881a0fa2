"""The results store: runs with their scores, items and findings, in one DuckDB file. Append-only.

Store ──▶ connection  open, wait for other processes, explain what went wrong
      ──▶ schema      numbered migrations, each in a transaction with the record that it ran
      ──▶ records     Run → rows and arrays
      ──▶ reading     rows → Run
      ──▶ places      where the data of a run lay
"""

from __future__ import annotations

from harness.store.database import Shown, Store
from harness.store.recorder import Recorder

__all__ = ["Recorder", "Shown", "Store"]
