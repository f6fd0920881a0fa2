"""Each cause alone, on vectors that are made for it: nobody is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.diagnostics.parity.agreement import LABELS, OTHER, ROLES, Agreement, everything
from harness.diagnostics.parity.cause import ORDER
from harness.diagnostics.parity.causes import length, numbers, roles, rows, wording
from harness.diagnostics.parity.causes.residue import residue
from harness.diagnostics.parity.changes import Explained, Reopened, trials
from harness.diagnostics.parity.long_texts import Reading
from harness.diagnostics.parity.observation import Observation, Reach, Side, Steadiness
from harness.diagnostics.parity.probes import ALONE, LANGUAGES, SHORT, TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.diagnostics.parity.observation import Way
    from harness.model import Vectors

    Give = Callable[[Way, str], Vectors | str]

GENERATOR = np.random.default_rng(0)
ROWS: Mapping[str, Vectors] = {name: GENERATOR.standard_normal(16).astype(np.float32) for name in TEXTS}
STEADY = Steadiness(1, 1, 1)
FAR = Reach(8192, None)


def plain(way: Way, name: str) -> Vectors:
    """A direction of its own for every text, whatever the role."""
    del way
    return ROWS[name]


def side(
    give: Give = plain,
    en: Reach = FAR,
    steadiness: Steadiness = STEADY,
    revision: str = "1",
) -> Observation:
    """A side that gives so of each probe, reads so far in English, and all of what is Chinese."""
    asked: dict[Way, tuple[str, ...]] = {"document": tuple(TEXTS), "query": SHORT, "alone": tuple(ALONE)}
    vectors = {(way, TEXTS[name]): give(way, name) for way, some in asked.items() for name in some}
    return Observation(Side("x:", revision), vectors, steadiness, {"en": en, "zh": FAR})


def but(**others: Vectors | str) -> Give:
    """As everybody, but for some probes, whose names have _ for blanks."""
    return lambda way, name: others.get(name.replace(" ", "_"), plain(way, name))


def test_every_name_has_one_place() -> None:
    """The order of the names is that of what decides; sides and roles come in pairs."""
    assert len(set(ORDER)) == len(ORDER)
    assert ORDER.index("another model") < ORDER.index("prompt") < ORDER.index("particular texts")
    assert [OTHER[label] for label in LABELS] == ["B", "A"]
    assert everything("query") < everything(*ROLES)


def test_missing_vectors() -> None:
    """Empty texts are left to a note, what is known already is not said again, and NaN is never excused."""
    picky = Agreement(side(), side(but(empty="400", title="400")))
    (cause,) = rows.without_vectors(picky, ())
    assert (cause.name, cause.about, cause.text) == ("no vector", "B", "B gives no vector for some texts: title")
    assert not list(rows.without_vectors(picky, everything(*ROLES)))
    (cause,) = rows.without_vectors(Agreement(side(but(empty="NaN or infinity")), side()), everything(*ROLES))
    assert (cause.name, cause.about) == ("not finite", "A")


def test_empty_texts() -> None:
    """Refused or not the same: a note; what has another cause is left out, and two models differ in them anyway."""
    (cause,) = rows.empty_texts(Agreement(side(but(empty="400")), side()), ())
    assert (cause.decisive, cause.evidence) == (False, "400")
    assert cause.covers == {("document", "empty"), ("query", "empty")}
    zeros = Agreement(side(), side(but(empty=np.zeros(16, np.float32))))
    (cause,) = rows.empty_texts(zeros, ())
    assert "B gives a zero vector for an empty text" in cause.text
    assert not list(rows.empty_texts(zeros, everything(*ROLES)))
    assert not list(rows.empty_texts(Agreement(side(), side(lambda _, name: -ROWS[name])), ()))


def test_rows_in_another_order() -> None:
    """Each text has the vector of the one before it."""
    before = dict(zip(SHORT, (SHORT[-1], *SHORT), strict=False))
    (cause,) = rows.row_order(Agreement(side(), side(lambda _, name: ROWS[before.get(name, name)])))
    assert (cause.name, cause.about) == ("row order", "both")
    assert cause.text.endswith("shifted by 1")


def test_roles() -> None:
    """What one side gives in one role, the other gives in the other one."""

    def by_role(way: Way, name: str) -> Vectors:
        return ROWS[name] if way == "query" else -ROWS[name]

    swapped = Agreement(side(by_role), side(lambda way, name: -by_role(way, name)))
    assert [cause.about for cause in roles.roles(swapped)] == ["both"]
    found = {cause.about: cause.text for cause in roles.roles(Agreement(side(by_role), side()))}
    assert found["B"].startswith("B embeds a document as A embeds a query: B makes no difference")
    assert not list(roles.roles(Agreement(side(by_role), side(by_role))))


@pytest.mark.parametrize(
    ("options", "name", "text"),
    [
        ({"pooling": "cls"}, "pooling", "A pools by cls, B in another way"),
        ({"query_prompt": "", "document_prompt": ""}, "prompt", "A puts no prompt before its texts, B does"),
        ({"query_prompt": "Q: "}, "prompt", "A puts 'Q: ' (query role) before its texts, B something else"),
    ],
)
def test_options(options: Mapping[str, str], name: str, text: str) -> None:
    """The one under which a side agrees best is named, with whom it makes like whom; the first of two alike."""
    agreement = Agreement(side(), side(lambda _, name: -ROWS[name]))
    worse = Reopened("A", {"pooling": "max"}, 0.9991)
    found = [worse, Reopened("B", options, 1 - 1e-9), Reopened("A", {"pooling": "last"}, 1.0)]
    (cause,) = wording.of_options(agreement, found)
    assert (cause.name, cause.about, cause.text, cause.covers) == (name, "A", text, agreement.differing)
    assert not list(wording.of_options(agreement, []))


def test_changes() -> None:
    """The change that explains most texts, said of the side that makes it; prompts that specs name come first."""
    prompted = [trial for trial in trials(["Find: "]) if "'Find: '" in trial.change.what]
    assert [trial.way for trial in prompted] == ["document", "query"]
    (cause,) = wording.of_changes([("A", Explained(prompted[1], 0.5, 1.0))])
    assert (cause.name, cause.about) == ("prompt", "B")
    assert cause.text == "B puts 'Find: ' before its texts (query role only), A does not"
    assert cause.covers == everything("query")


def test_texts_that_share_a_vector() -> None:
    """A pair that is the same to one side only points to what it does; other twins are a note."""
    lower = but(case_0=ROWS["case 0 plain"])
    (cause,) = wording.invariants(Agreement(side(lower), side()))
    assert (cause.name, cause.about) == ("lower-casing", "A")
    twins = but(another_character=ROWS["one character"])
    (cause,) = wording.shared_vectors(Agreement(side(twins), side(twins)))
    assert (cause.about, cause.decisive) == ("both", False)
    assert "“猫” = “狗”" in cause.text


def test_who_reads_less() -> None:
    """Whoever stops first, by cutting or by refusing; nobody where that is not sure."""
    english = LANGUAGES["en"]
    pair = length.shorter(Agreement(side(), side(en=Reach(250, 256))), english)
    assert pair == length.Shorter("B", "A", Reach(250, 256), FAR)
    assert length.shorter(Agreement(side(), side()), english) is None
    (cause,) = length.reading(Agreement(side(en=Reach(250, 256)), side()), {"en": Reading(cut=0.9999, windows=0.9998)})
    assert (cause.name, cause.about, cause.covers) == (
        "truncation",
        "A",
        everything("document", "query") & cause.covers,
    )
    assert cause.text.endswith("B all of the 8,192 words that were tried, as the mean of windows of that length")
    (cause,) = length.reading(Agreement(side(but(long_english="413"), Reach(250, 256, refused=True)), side()), {})
    assert (cause.name, cause.evidence) == ("refused length", "413")
    assert cause.text.startswith("A refuses texts above ~256 words, B reads all of the 8,192 words")


@pytest.mark.parametrize(
    ("reach", "said"), [(Reach(64, None, seconds=6), "within 6 s"), (Reach(64, None), "longest text that was allowed")]
)
def test_what_was_not_measured(reach: Reach, said: str) -> None:
    """Only where long texts alone are left, and one side may have stopped anywhere in them."""
    agreement = Agreement(side(), side(but(long_english=-ROWS["long english"]), reach))
    (cause,) = length.unmeasured(agreement, agreement.differing)
    assert (cause.name, cause.about, cause.covers) == ("truncation", "both", agreement.differing)
    assert said in cause.evidence
    assert not list(length.unmeasured(agreement, [*agreement.differing, ("document", "title")]))
    known = Agreement(side(), side(but(long_english=-ROWS["long english"])))
    assert not list(length.unmeasured(known, known.differing))


def test_unsteady_sides() -> None:
    """By chance or by the batch; a side that is both is told of the first, and two that are alike are not apart."""
    (cause,) = numbers.unsteady(Agreement(side(), side(steadiness=Steadiness(0.9, 0.9, 0.9))))
    assert (cause.name, cause.about, cause.decisive) == ("not deterministic", "B", True)
    by_batch = side(steadiness=Steadiness(1, 0.97, 0.98, "code"))
    (cause,) = numbers.unsteady(Agreement(by_batch, side()))
    assert (cause.name, cause.about) == ("batch", "A")
    assert cause.evidence == "smallest cosine 0.9700, alone instead of in a batch (text: code)"
    assert [(cause.about, cause.decisive) for cause in numbers.unsteady(Agreement(by_batch, by_batch))] == [
        ("both", False)
    ]


def test_numbers() -> None:
    """Turned, longer, fewer, rounded, or only of another revision."""
    turned = Agreement(side(), side(lambda _, name: -ROWS[name]))
    assert [cause.name for cause in numbers.basis(turned)] == ["another basis"]
    longer = Agreement(side(), side(lambda _, name: 2 * ROWS[name]))
    assert [cause.decisive for cause in numbers.norms(longer, "cosine")] == [False]
    assert [cause.decisive for cause in numbers.norms(longer, "dot")] == [True]
    fewer = Agreement(side(lambda _, name: ROWS[name][:4]), side())
    (cause,) = numbers.dimension(fewer, frozenset())
    assert (cause.about, cause.text) == ("A", "A is B cut to its leading 4 of 16 dimensions")
    signs = Agreement(side(), side(lambda _, name: np.sign(ROWS[name])))
    (cause,) = numbers.grid(signs)
    assert (cause.about, cause.text) == ("B", "B's vectors are quantised: one bit per number")
    assert [cause.name for cause in numbers.revision(Agreement(side(), side(revision="2")))] == ["revision"]
    assert not list(numbers.revision(Agreement(side(), side())))


@pytest.mark.parametrize(
    ("give", "name"),
    [
        (lambda _, name: ROWS[name] + np.float32(0.1) * ROWS[name][::-1], "precision"),
        (lambda _, name: ROWS[name][::-1], "another model"),
        (lambda _, name: ROWS[name] + np.float32(0.8) * ROWS[name][::-1], "unexplained"),
        (lambda _, name: ROWS[name] if TEXTS[name].isascii() else -ROWS[name], "vocabulary"),
        (but(title=-ROWS["title"]), "particular texts"),
    ],
)
def test_residue(give: Give, name: str) -> None:
    """What the cosines that are left look like; nothing where nothing is left."""
    agreement = Agreement(side(), side(give))
    found = residue(agreement, agreement.differing)
    assert found is not None
    assert found.name == name
    assert residue(agreement, ()) is None
