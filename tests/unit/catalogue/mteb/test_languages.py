"""A language is asked for as people write it, and found as mteb writes it."""

from __future__ import annotations

import pytest

from harness.catalogue.mteb.languages import asked, speaks


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("zh", ["cmn", "zho"]),
        ("ZHO", ["cmn", "zho"]),
        ("cmn", ["cmn", "zho"]),
        ("zho-hans", ["cmn-Hans", "zho-Hans"]),
        ("ZH-HANT", ["cmn-Hant", "zho-Hant"]),
        ("en", ["eng"]),
        (" deu-Latn", ["deu-Latn"]),
        ("yue", ["yue"]),
    ],
)
def test_what_a_language_stands_for(written: str, codes: list[str]) -> None:
    """Two letters or three, in any case; Chinese is two of mteb's codes, and the script is kept."""
    assert asked(written) == codes


@pytest.mark.parametrize(
    ("codes", "spoken"),
    [
        (["zho"], True),
        (["zho-Hans"], True),
        (["zho-Hant"], False),
        (["zh"], False),
        (["deu", "eng"], True),
        ([], False),
    ],
)
def test_who_speaks_it(codes: list[str], *, spoken: bool) -> None:
    """A language without a script is any of its scripts; the beginning of a code is none."""
    assert speaks(["zho-Hans", "eng-Latn"], codes) is spoken
