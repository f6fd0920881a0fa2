"""How far a side reads, from answers that are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from harness.diagnostics.parity.observation import Answers, Reach
from harness.diagnostics.parity.probes import LANGUAGES, TEXTS, Language
from harness.diagnostics.parity.reach import ALWAYS, Measure, apart, series


def answered(lengths: list[int], limit: int, refused: int) -> Answers:
    """A direction for every length that is read; what is cut has that of its beginning."""
    kept = [min(length, limit) for length in lengths]
    reasons = tuple("too long" if length > refused else "" for length in lengths)
    return Answers(np.array([[np.cos(length), np.sin(length)] for length in kept], np.float32), reasons)


def measured(limit: int, refused: int = 1 << 20, noise: float = 0.0, longest: int = 8192) -> tuple[Reach, int]:
    """What is found of a side that reads so much, and in how many texts."""
    search = Measure(noise, longest).search()
    lengths, asked = next(search), 0
    while True:
        asked += len(lengths)
        try:
            lengths = search.send(answered(list(lengths), limit, refused))
        except StopIteration as end:
            return end.value, asked


@pytest.mark.parametrize("limit", [20, 100, 126, 254, 255, 256, 257, 300, 510, 512, 1000, 2046, 8000])
def test_the_end_is_found(limit: int) -> None:
    """Within 4 %, below and above, and in few texts."""
    reach, asked = measured(limit)
    assert reach.end is not None
    assert reach.known < limit <= reach.end or reach.known <= limit <= reach.end
    assert reach.end - reach.known <= max(3, 0.04 * reach.end)
    assert asked <= 24


def test_a_side_that_reads_everything() -> None:
    """As far as was tried: the longest length is part of the answer."""
    assert measured(1 << 20)[0] == Reach(8192, None)
    assert measured(1 << 20, longest=512)[0] == Reach(512, None)


def test_a_side_that_refuses_long_texts() -> None:
    """The length is narrowed down as well, and told apart from a cut."""
    reach, _ = measured(1 << 20, refused=700)
    assert reach.refused
    assert reach.end is not None
    assert reach.known <= 700 < reach.end <= 1.05 * 700


def test_the_long_probes_are_within_what_is_always_tried() -> None:
    """What is read of them is known without any patience: to be known to be read, a length must not be the last."""
    assert len(LANGUAGES["en"].units(TEXTS["long english"])) <= ALWAYS / 2
    assert all(len(one.units(TEXTS[one.long])) <= ALWAYS for one in LANGUAGES.values())


def test_a_side_that_cannot_tell_the_texts_apart() -> None:
    """Nothing can be said where not even four words and sixteen differ."""
    assert measured(3)[0] == Reach(0, None, blind=True)


def test_a_noisy_side_is_asked_for_both_at_once() -> None:
    """Where requests differ by chance, a length is compared with one of the same request."""
    steady, noisy = measured(254), measured(254, noise=1e-4)
    assert noisy[0] == steady[0]
    assert noisy[1] > steady[1]


def test_no_answers_stop_the_search() -> None:
    """What was seen until then is told: only the last but one is known to have been read to its end."""
    search = Measure(0.0).search()
    first = next(search)
    search.send(answered(list(first), 1 << 20, 1 << 20))
    with pytest.raises(StopIteration) as stopped:
        search.send(Answers(np.zeros((0, 0), np.float32), ()))
    assert stopped.value.value == Reach(64, None)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_the_series_grows(language: Language) -> None:
    """A shorter text begins a longer one, and what follows is of other words than what stands before."""
    assert series(language, 1000).startswith(series(language, 999))
    words = [language.units(series(language, length)) for length in (7, 15)]
    assert (len(words[0]), len(words[1])) == (7, 15)
    assert not set(words[1][7:]) & set(words[0][3:])


@pytest.mark.parametrize(
    ("first", "second", "differ"),
    [
        (Reach(250, 256), Reach(250, 256), False),
        (Reach(250, 256), Reach(500, 512), True),
        (Reach(490, 500), Reach(505, 512), False),  # a prompt of ten tokens
        (Reach(250, 256), Reach(8192, None), True),
        (Reach(250, 256), Reach(256, None), False),  # nothing longer was tried
        (Reach(256, 512), Reach(500, 512), False),  # not narrowed down
        (Reach(250, 256), Reach(0, None, blind=True), False),
        (Reach(512, None), Reach(8192, None), False),
    ],
)
def test_sides_are_apart_where_that_is_sure(first: Reach, second: Reach, *, differ: bool) -> None:
    """Whatever their order."""
    assert apart(first, second) is differ
    assert apart(second, first) is differ
