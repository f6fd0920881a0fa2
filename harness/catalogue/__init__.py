"""Folders on disk → Suites: names, declarations, tables, columns. All faults of a suite in one pass."""

from harness.catalogue.locate import Place, builtin_places, find_places
from harness.catalogue.suites import load_suite

__all__ = ["Place", "builtin_places", "find_places", "load_suite"]
