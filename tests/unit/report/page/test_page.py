"""The whole report, as a page and as markdown."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from harness.report.page import page
from harness.report.page.words import vocabulary
from harness.report.text import printable
from tests.report_content import hostile, large, small

EVIL = (
    "<script>window.x=1</script>",
    '"><img src=x onerror="window.x=1">',
    "</style></title></svg><b>",
    "{{ 7*7 }}{% raw %}",
    "' onload='window.x=1",
    "👩‍🔬\u202eevil\u200f",
    "]]>--><!--",
    "\x00\x1b[31m\x85",
)
LONGEST = 340_000
"""Bytes of a page of 20 embedders on 40 suites."""
VOID = {"meta", "br", "img", "link", "path", "circle"}


class Reader(HTMLParser):
    """What elements there are, whether they nest, their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.faults: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins; a place where a line may end is none."""
        if tag == "wbr":
            return
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends: the last that began."""
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data: str) -> None:
        """Text."""
        self.text += data


def headings(text: str, layout: str) -> list[str]:
    """The titles of sections."""
    pattern = r"<h2>(.*?)</h2>" if layout == "html" else r"^## (.*)$"
    return re.findall(pattern, text, re.MULTILINE)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("layout", ["html", "markdown"])
def test_every_section_is_there_in_order(layout: str, language: Any) -> None:
    """The same in both layouts and languages."""
    names = [
        "decision",
        "needs",
        "open",
        "scores",
        "fronts",
        "costs",
        "missing",
        "suites",
        "data",
        "environment",
        "reproduce",
    ]
    found = headings(page(small(), layout, language), layout)
    assert found == [vocabulary()[language][name] for name in names]


def test_the_page_is_sound() -> None:
    """Elements nest, ids are unique, links lead to something, headings go down one by one."""
    html = page(small(), "html", "en")
    reader = Reader(html)
    assert (reader.faults, reader.open) == ([], [])
    ids = [value for name, value in reader.attributes if name == "id"]
    assert len(set(ids)) == len(ids)
    links = [value for name, value in reader.attributes if name == "href"]
    assert links
    assert {f"#{one}" for one in ids} >= set(links)
    assert re.findall(r"<(h[1-6])", html)[:2] == ["h1", "h2"]
    assert set(re.findall(r"<(h[1-6])", html)) == {"h1", "h2"}


def test_the_page_asks_for_nothing() -> None:
    """No script, no address, no picture; and a policy that forbids all of them."""
    html = page(small(), "html", "en")
    reader = Reader(html)
    assert {"script", "link", "img", "iframe", "object", "use"}.isdisjoint(reader.tags)
    assert [
        name for name, _ in reader.attributes if name.startswith("on") or name in {"src", "style", "xlink:href"}
    ] == []
    assert "default-src 'none'" in html
    assert re.search(r"https?:|@import|url\(", html) is None


def test_tables_and_drawings_can_be_heard() -> None:
    """Every table has a caption and headers with a scope; every drawing a title and a text."""
    html = page(small(), "html", "en")
    tables = re.findall(r"<table>.*?</table>", html, re.DOTALL)
    drawings = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert (len(tables), len(drawings)) == (6, 6)
    assert all(table.count("<caption>") == 1 for table in tables)
    assert all("<th>" not in table and '<th scope="col"' in table and '<th scope="row"' in table for table in tables)
    assert all(re.search(r"<title id=.*?</title><desc id=", drawing) for drawing in drawings)


def test_the_language_is_named() -> None:
    """For fonts, hyphens and voices."""
    assert '<html lang="zh-Hans">' in page(small(), "html", "zh")
    assert '<html lang="en">' in page(small(), "html", "en")


@pytest.mark.parametrize("layout", ["html", "markdown"])
def test_the_same_content_is_the_same_text(layout: str) -> None:
    """Byte for byte: nothing of the clock or of the order of a set."""
    assert page(small(), layout, "en") == page(small(), layout, "en")


@pytest.mark.parametrize("evil", EVIL)
def test_a_stranger_s_text_stays_text(evil: str) -> None:
    """Wherever it stands, it makes no element and no attribute, and is shown as far as it can be."""
    harmless, reader = Reader(page(hostile("x" * len(evil)), "html", "en")), Reader(page(hostile(evil), "html", "en"))
    assert reader.faults == []
    assert reader.tags == harmless.tags
    assert [name for name, _ in reader.attributes] == [name for name, _ in harmless.attributes]
    assert reader.text.count(printable(evil)) > 20


def test_no_half_of_a_character_is_written() -> None:
    """What no file can hold is marked."""
    html = page(hostile("\ud800"), "html", "en")
    assert "\ufffd" in html
    assert html.encode()


@pytest.mark.parametrize("evil", ["\x1b[31m", "\x9b31m", "\ud800"])
def test_markdown_moves_no_terminal(evil: str) -> None:
    """It may be printed to one."""
    text = page(hostile(evil), "markdown", "en")
    assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", text) is None


def test_how_to_read_a_drawing_stands_where_drawings_are() -> None:
    """Markdown has tables in their place."""
    assert "Dot: the score." in page(small(), "html", "en")
    assert "Dot: the score." not in page(small(), "markdown", "en")


def test_a_section_of_a_line_stands_beside_its_title() -> None:
    """Needs that nobody named and questions that are not open take no more room than that."""
    html = page(small(), "html", "en")
    assert re.findall(r'<section id="(\w+)" class="brief">', html) == ["needs", "open"]


@pytest.mark.parametrize("evil", ["<script>x</script>", "a|b", "[x](http://a)", "one\ntwo"])
def test_a_stranger_s_text_stays_in_its_cell(evil: str) -> None:
    """In markdown too: as many lines and cells as without it, no tag, no link."""
    harmless, text = page(hostile("x"), "markdown", "en"), page(hostile(evil), "markdown", "en")
    tables = [
        [len(re.findall(r"(?<!\\)\|", line)) for line in one.splitlines() if line.startswith("| ")]
        for one in (harmless, text)
    ]
    assert tables[0] == tables[1]
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert re.search(r"(?<!\\)<(?!br>)(?!0)", outside) is None
    assert re.search(r"(?<!\\)\[", outside) is None


def test_a_fence_in_a_name_cannot_end_a_block() -> None:
    """A block of code is fenced by more of them."""
    text = page(hostile("\n````\n# not a heading"), "markdown", "en")
    assert "`````sh" in text


@pytest.mark.parametrize("layout", ["html", "markdown"])
def test_a_large_report_stays_small(layout: str) -> None:
    """20 embedders on 40 suites can be sent by mail."""
    assert len(page(large(20, 40), layout, "en").encode()) < LONGEST


def test_a_report_of_one_embedder_is_a_report() -> None:
    """Nobody to compare with, nothing to draw."""
    text = page(large(1, 1), "markdown", "en")
    assert "there is nobody to compare it with." in text
    assert "Nothing to draw" in text


@pytest.mark.parametrize(
    "evil", ["`x", "*x* __y__ ~~z~~", "@team", "&lt;b&gt;", "http://a www.b.c", "## x\n- y", "$x$ #1"]
)
def test_a_stranger_s_text_has_no_markup(evil: str) -> None:
    """Nobody is called, nothing is linked, bold, code or a heading, in markdown."""
    text = page(hostile(evil), "markdown", "en")
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    bare = re.sub(r"\\.", "", outside)
    assert re.search(r"`|@team|&lt|://a|www\.b|(?<!\*)\*x|__y|~~|\$x|#1", bare) is None
    assert headings(outside, "markdown") == headings(page(hostile("x"), "markdown", "en"), "markdown")


def test_letters_are_told_once_below_all_drawings() -> None:
    """Where the names of many have no room."""
    html = page(large(30, 2), "html", "en")
    keys = re.findall(r'<ul class="key"[^>]*>(.*?)</ul>', html)
    assert len(keys) == 1
    letters = re.findall(r"<b>(\w+)</b>", keys[0])
    assert len(letters) > 20
    assert letters == sorted(set(letters), key=lambda one: (len(one), one))
