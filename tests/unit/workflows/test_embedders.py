"""Listing and checking embedders."""

from __future__ import annotations

from harness import plugins
from harness.embedders.packaged import PACKAGES
from harness.workflows.configuration import Configuration
from harness.workflows.embedders import BACKENDS, check, listing


def test_every_backend_is_described() -> None:
    """What is built in has a line of its own, and there is no line for what is not there."""
    assert BACKENDS.keys() == plugins.BUILTIN["embedders"].keys() | plugins.BUILTIN["combinations"].keys()


def test_backends_models_and_names_are_listed() -> None:
    """In this order, each with what it is."""
    columns, rows = listing(Configuration(embedders={"minilm": "st:all-MiniLM-L6-v2"}))
    assert columns == ["embedder", "what", "about"]
    assert {row[0] for row in rows if row[1] == "backend"} == {f"{name}:" for name in BACKENDS}
    assert [row[0] for row in rows if row[1] == "model"] == [f"packaged:{name}" for name in PACKAGES]
    assert rows[-1] == ["minilm", "harness.toml", "st:all-MiniLM-L6-v2"]


def test_a_spec_is_checked() -> None:
    """The clauses of the contract, each kept."""
    checks = check("baseline:hashing")
    assert len(checks) > 5
    assert all(one.passed for one in checks)
