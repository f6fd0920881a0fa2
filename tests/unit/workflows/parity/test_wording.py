"""What becomes of texts: made to happen on purpose, called by name."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import pytest

from harness.embedders.resolve import parse_spec
from harness.workflows.parity.live import with_options
from tests.parity_sides import Fake, compared, decisive, named

if TYPE_CHECKING:
    from harness.model import Role


def without_capitals(text: str, _: Role) -> str:
    """What a tokenizer does that knows small letters only, and was not told to lower."""
    return re.sub(r"\b\w*[A-Z]\w*\b", "[UNK]", text)


def without_chinese(text: str, _: Role) -> str:
    """What an English vocabulary makes of Chinese."""
    return re.sub(r"[^\x00-\x7f]", "?", text)


CHANGED = {
    "a prompt": (Fake(lambda text, _: "query: " + text), "prompt", "B puts 'query: ' before its texts, A"),
    "a prompt on queries": (
        Fake(lambda text, role: "search_query: " * (role == "query") + text),
        "prompt",
        "B puts 'search_query: ' before its texts (query role only), A",
    ),
    "a Chinese prompt": (
        Fake(lambda text, role: "为这个句子生成表示以用于检索相关文章：" * (role == "query") + text),
        "prompt",
        "B puts '为这个句子生成表示以用于检索相关文章：' before its texts (query role only)",
    ),
    "lower-casing": (Fake(lambda text, _: text.lower()), "lower-casing", "B lower-cases its texts, A does not"),
    "newlines": (Fake(lambda text, _: text.replace("\n", " ")), "newlines", "B puts blanks for line breaks"),
    "stripping": (Fake(lambda text, _: text.strip()), "whitespace", "B strips blanks at both ends"),
    "collapsing": (Fake(lambda text, _: " ".join(text.split())), "whitespace", "B makes one blank of several"),
    "unicode": (Fake(lambda text, _: unicodedata.normalize("NFKC", text)), "unicode", "B normalises its texts (NFKC)"),
    "an ending": (Fake(lambda text, _: text + "</s>"), "special token", "B ends its texts with '</s>', A does not"),
}


@pytest.mark.parametrize("what", CHANGED)
@pytest.mark.parametrize("swapped", [False, True])
def test_a_change_of_the_texts_is_named(what: str, *, swapped: bool) -> None:
    """By asking the side that does not make it for changed texts; whichever side that is."""
    changed, name, text = CHANGED[what]
    found = compared(changed, Fake()) if swapped else compared(Fake(), changed)
    about = "A" if swapped else "B"
    assert decisive(found) == [(name, about)]
    wanted = text.replace("B ", "X ").replace("A", "B").replace("X ", "A ") if swapped else text
    assert named(found, name).text.startswith(wanted)
    assert named(found, name).evidence.endswith(" after")


def test_unread_letters_are_noted() -> None:
    """Titles that a tokenizer turns into [UNK] have one vector; so have Chinese texts in an English model."""
    found = compared(Fake(without_capitals), Fake(lambda text, _: text.lower()))
    assert decisive(found) == [("lower-casing", "B")]
    assert "“Purchase Request” = “Completely Different”" in named(found, "shared vectors").text
    both = compared(Fake(without_chinese), Fake(without_chinese))
    assert (both.parity.word, decisive(both)) == ("same", [])
    assert named(both, "shared vectors").about == "both"
    assert ("vocabulary", "both") in decisive(compared(Fake(without_chinese), Fake()))


def test_options_of_a_spec_are_replaced_by_name() -> None:
    """The others stay, whatever signs are in them; what has none gets some."""
    address = "openai:m?base_url=http://127.0.0.1:1/v1&query_prompt=Find: "
    changed = parse_spec(with_options(address, {"query_prompt": "a&b=?", "document_prompt": ""}))
    assert (changed.backend, changed.name) == ("openai", "m")
    assert changed.options == {
        "base_url": "http://127.0.0.1:1/v1",
        "query_prompt": "a&b=?",
        "document_prompt": "",
    }
    assert with_options("st:x", {"pooling": "cls"}) == "st:x?pooling=cls"
