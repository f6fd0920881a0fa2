"""Whether a model was trained on a task, as far as mteb knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.catalogue import Place
from harness.embedders.resolve import parse_spec
from harness.model import Identity
from harness.store import Store
from harness.workflows.contamination import Training, training
from harness.workflows.run import Request, run
from tests.mteb_registry import REGISTRY, install
from tests.watching import Watcher

if TYPE_CHECKING:
    from collections.abc import Iterator

KNOWN = Training(REGISTRY.trained_on)
FACTS = Place("mteb:Facts?subset=en", Path("/nowhere"))


def identity(name: str, backend: str = "st") -> Identity:
    """Of a model by name."""
    return Identity(backend, name, "1")


@pytest.mark.parametrize(
    ("named", "known"),
    [
        ("Org/Model-A", "Org/Model-A"),
        ("org/MODEL-A", "Org/Model-A"),
        ("model-a", "Org/Model-A"),
        ("mirror/Model-A", "Org/Model-A"),
        ("org/model-b", "org/model-b"),
        ("Other/model-b", "other/Model-B"),
        ("model-b", ""),
        ("mirror/model-b", ""),
        ("two", ""),
        ("Model-A-large", ""),
        ("", ""),
    ],
)
def test_a_model_is_known_by_its_name(named: str, known: str) -> None:
    """In full, or by what stands behind the slash where only one model has that; a part of a name is no name."""
    assert KNOWN.model(named) == known


def test_names_are_looked_through_once() -> None:
    """They are many, and so are the suites of a benchmark, each of which asks for every model."""
    times: list[int] = []

    class Counted(dict[str, "list[str]"]):
        def __iter__(self) -> Iterator[str]:
            times.append(1)
            return super().__iter__()

    known = Training(Counted({"Org/Model-A": [], "org/model-b": [], "other/Model-B": []}))
    assert known.model("model-a") == "Org/Model-A"
    once = len(times)
    assert known.model("mirror/model-b") == ""
    assert 0 < once == len(times)


def test_trained_on_a_task_is_a_warning() -> None:
    """Whichever part of the task is asked for, and whatever the backend."""
    for backend in ("st", "openai", "litellm", "packaged", "mteb"):
        (found,) = KNOWN.findings(FACTS, [identity("model-a", backend)])
        assert (found.name, found.value, found.warning) == ("trained_on", 1.0, True)
        assert found.note == "mteb counts Facts among what Org/Model-A was trained on: it may know these texts"


def test_not_trained_and_not_known_are_two_things() -> None:
    """Neither is a warning; where mteb does not know, there is no number."""
    (clean,) = KNOWN.findings(FACTS, [identity("org/model-b")])
    assert (clean.value, clean.warning) == (0.0, False)
    (unknown,) = KNOWN.findings(FACTS, [identity("my-model")])
    assert (unknown.value, unknown.warning) == (None, False)
    assert unknown.note == "mteb does not know what st:my-model was trained on: it may know these texts"


def test_each_member_of_a_combination_is_looked_up() -> None:
    """By its name; a member that was never trained says nothing, and a model that is used twice is one."""
    members = [identity("a", "bm25"), identity("x", "baseline"), identity("model-a"), identity("y"), identity("y")]
    found = KNOWN.findings(FACTS, members)
    assert [(one.subject, one.value) for one in found] == [("st:model-a", 1.0), ("st:y", None)]


def test_what_was_never_trained_is_clean() -> None:
    """So that `harness findings --name trained_on` has a row for every score on a task of mteb's."""
    (found,) = KNOWN.findings(FACTS, [identity("a", "bm25"), identity("x", "baseline")])
    assert (found.name, found.value, found.warning) == ("trained_on", 0.0, False)
    assert found.note == "it was not trained on anything"


def test_a_model_of_the_same_name_is_marked_and_never_cleared() -> None:
    """Of another organisation it may be a copy or another model; a folder's name is the only one that it has."""
    (marked,) = KNOWN.findings(FACTS, [identity("mirror/Model-A")])
    assert (marked.value, marked.warning) == (1.0, True)
    assert "Org/Model-A, a model of the same name, was trained on" in marked.note
    other = Place("mteb:Other", Path("/nowhere"))
    values = {
        name: KNOWN.findings(other, [identity(name)])[0].value
        for name in ("mirror/Model-A", "ORG/model-a", "Model-A", "./models/Model-A", "/srv/models/Model-A")
    }
    assert values == {
        "mirror/Model-A": None,
        "ORG/model-a": 0.0,
        "Model-A": 0.0,
        "./models/Model-A": 0.0,
        "/srv/models/Model-A": 0.0,
    }


def test_other_suites_are_none_of_mtebs_business(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its registry is not even read for them."""
    assert KNOWN.findings(Place("Facts", Path("/nowhere")), [identity("model-a")]) == ()
    assert training([Place("zh/process", Path("/nowhere"))]) == Training()
    install(monkeypatch)
    assert training([FACTS]) == KNOWN


def test_a_run_is_marked(toy_suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And so is the table that is made of it later; a run that did not go well has nothing to be marked."""
    install(monkeypatch, REGISTRY)
    named = tmp_path / "mteb:Facts"
    toy_suite.rename(named)
    monkeypatch.setattr("harness.workflows.contamination._UNTRAINED", ())
    monkeypatch.setattr("harness.workflows.contamination.Training.model", lambda *_: "Org/Model-A")
    specs = {name: parse_spec(name) for name in ("baseline:hashing", "ce:/nowhere")}
    asked = Request([str(named)], specs, tmp_path / "results.duckdb", tmp_path / "cache")
    marked, failed = run(asked, Watcher())
    assert [finding.value for finding in marked.findings if finding.name == "trained_on"] == [1.0]
    assert not [finding for finding in failed.findings if finding.name == "trained_on"]
    warned = {row.embedder: row.warnings for row in Store(asked.store).rows().rows}
    assert warned["ce:/nowhere"] == ()
    assert any(warning.startswith("mteb counts Facts") for warning in warned["baseline:hashing"])
