"""What is asked of whom, how often, and what specs say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.diagnostics.parity.probes import TEXTS
from harness.errors import UsageError
from harness.workflows.parity import Request, compare, save
from harness.workflows.parity.compare import ask_side, compare_sides, uncached
from harness.workflows.parity.live import opened
from tests.faults import refused, when
from tests.parity_sides import ASKED, Fake, compared, decisive

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faulty_server import FaultyServer


@pytest.mark.parametrize("options", ["", "&dimensions=8&query_prompt=Find: ", "&segment=8000"])
def test_a_service_that_refuses_some_texts_is_not_asked_for_them_again(faulty: FaultyServer, options: str) -> None:
    """It looks for them itself, once for each role, and nothing that it answered is paid for again."""
    pytest.importorskip("openai")
    spec = f"openai:m?base_url={faulty.url}{options}"
    sound = ask_side(opened(spec, uncached), ASKED)
    requests, texts = len(faulty.asked), len(faulty.texts)
    faulty.faults.append(when(lambda asked: "" in asked.texts or "Find: " in asked.texts, refused(400, "empty")))
    picky = ask_side(opened(spec, uncached), ASKED)
    assert compare_sides(sound, picky, ASKED).parity.same
    # Two searches among 64 texts, of seven steps with two halves each; a harmless text may be asked for, too.
    assert len(faulty.asked) - requests <= requests + 2 * 2 * 7 + 4
    assert len(faulty.texts) - texts <= texts * (1 if not options.startswith("&seg") else 2) + 2 * 2 * 64 + 4


def test_requests_are_bounded() -> None:
    """The same model is asked for each probe a few times and for a few long texts; nothing more."""
    found = compared(Fake(), Fake())
    side = found.sides["A"].live
    assert side is not None
    assert side.texts < 5 * len(TEXTS)


def test_what_ranks_is_refused() -> None:
    """Rankers have no vectors; so says the error, before the other side is asked."""
    with pytest.raises(UsageError, match="bm25: ranks documents without vectors"):
        compare(Request("bm25:", "baseline:hashing"))


def test_specs_say_how_vectors_are_used(tmp_path: Path) -> None:
    """Number formats and similarities of specs count; a stored side is compared like a live one."""
    found = compare(Request("baseline:hashing", "baseline:hashing?precision=binary", longest=64))
    assert ("quantised vectors", "B") in decisive(found)
    assert compare(Request("baseline:random", "baseline:random?similarity=dot", longest=64)).similarity == "dot"
    save("baseline:hashing", tmp_path / "c.parquet", 64)
    again = compare(Request("baseline:hashing", tmp_path / "c.parquet", longest=64))
    assert (again.parity.word, again.sides["B"].live) == ("same", None)
    assert compare(Request("baseline:random", tmp_path / "c.parquet", longest=64)).parity.word == "different"
