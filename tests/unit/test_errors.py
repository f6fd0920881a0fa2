"""What errors say, and the exit codes that they stand for."""

from __future__ import annotations

import pytest

from harness import errors
from harness.errors import Fault, Faults, HarnessError, MissingExtraError, SuiteError, nearest


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("UsageError", 3),
        ("SuiteError", 3),
        ("NotComparableError", 3),
        ("EmbedderError", 4),
        ("MissingExtraError", 4),
        ("StoreError", 4),
    ],
)
def test_every_error_has_its_exit_code(name: str, code: int) -> None:
    """The module's docstring draws the hierarchy with the codes; both are what the classes say."""
    kind = getattr(errors, name)
    assert issubclass(kind, HarnessError)
    assert kind.exit_code == code
    assert any(f"{name} " in line and f" {code} " in line for line in (errors.__doc__ or "").splitlines())


def test_no_error_takes_a_code_of_the_gate() -> None:
    """1 and 2 mean regression and inconclusive."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, HarnessError)]
    assert {kind.exit_code for kind in kinds} == {3, 4}


def test_a_missing_extra_says_how_to_get_it() -> None:
    """The command can be copied."""
    text = str(MissingExtraError("model2vec", "static"))
    assert text == "model2vec is not installed. Install it with: pip install 'embedding-harness[static]'"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("ndgc", "Did you mean 'ndcg'? "),
        ("zh/proces", "Did you mean 'zh/process'? "),
        ("spearmen", ""),
        ("", ""),
    ],
)
def test_a_misspelt_name_is_told_the_nearest_one(name: str, hint: str) -> None:
    """The one most like it, ready to stand before the rest of a message; nothing where none is like it."""
    assert nearest(name, {"mrr": 1, "ndcg": 2, "ndcg_cut": 3, "zh/process": 4}) == hint
    assert nearest(name, ()) == ""


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault("a.tsv", 3, "score", "not a number"), "a.tsv:3 [score]: not a number"),
        (Fault("a.tsv", 0, "score", "missing column"), "a.tsv [score]: missing column"),
        (Fault("a.tsv", 0, "", "is empty"), "a.tsv: is empty"),
        (Fault("a.tsv", 2, "", "too short"), "a.tsv:2: too short"),
    ],
)
def test_a_fault_names_its_place(fault: Fault, text: str) -> None:
    """File, line and key, as far as there are any."""
    assert str(fault) == text


def test_faults_come_together() -> None:
    """One error with all of them, in the order found; none, no error."""
    faults = Faults()
    faults.raise_if_any("zh/a")
    faults.add("a.tsv", 1, "x", "one")
    faults.add("b.tsv", 2, "y", "two")
    with pytest.raises(SuiteError) as caught:
        faults.raise_if_any("zh/a")
    assert str(caught.value) == "suite zh/a has 2 faults:\n  a.tsv:1 [x]: one\n  b.tsv:2 [y]: two"
    assert [fault.line for fault in caught.value.faults] == [1, 2]
    assert str(SuiteError("a", (Fault("f", 0, "", "m"),))) == "suite a has 1 fault:\n  f: m"


def test_faults_of_one_kind_are_counted_and_not_all_shown() -> None:
    """A million bad rows are ten lines; a fault of another kind among them is still shown."""
    faults = Faults(shown=2)
    for line in range(1, 6):
        faults.add("a.tsv", line, "score", f"not a number: {line}")
    faults.add("a.tsv", 9, "score", "negative: −1")
    with pytest.raises(SuiteError) as caught:
        faults.raise_if_any("a")
    assert caught.value.total == 6
    assert str(caught.value).splitlines() == [
        "suite a has 6 faults:",
        "  a.tsv:1 [score]: not a number: 1",
        "  a.tsv:2 [score]: not a number: 2",
        "  a.tsv:9 [score]: negative: −1",
        "  … and 3 more of the same kinds",
    ]
