"""The report in a real browser, offline: it opens, fits, asks for nothing, and runs nothing."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from harness.report.page import page
from harness.report.text import printable
from tests.report_content import hostile, large, small

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DESK, PHONE = (1280, 900), (390, 844)
EVIL = (
    "<script>window.x=1</script>",
    '"><img src=x onerror="window.x=1">',
    "'><svg onload=window.x=1>",
    "</style></title></desc></svg><b onclick=window.x=1>",
    "{{ 7*7 }}{% for a in b %}",
    "👩‍🔬 \u202eevil\u200f \u2066x",
)
OUTSIDE = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
    const frame = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('text')].filter(text => {
        const box = text.getBoundingClientRect();
        return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1;
    }).map(text => text.textContent);
})"""
"""The labels that a drawing cuts off."""
OVERLAPS = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
    const boxes = [...svg.querySelectorAll('text')].map(text => [text.getBoundingClientRect(), text.textContent]);
    return boxes.flatMap(([a, one], at) => boxes.slice(at + 1).filter(([b]) =>
        a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3
    ).map(([, other]) => one + ' | ' + other));
})"""
"""The pairs of labels that lie on each other."""
PALE = """() => {
    const parts = colour => colour.match(/[0-9.]+/g).map(Number);
    const light = colour => parts(colour).slice(0, 3)
        .map(one => one / 255).map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
        .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
    const behind = node => {
        for (; node; node = node.parentElement) {
            const colour = getComputedStyle(node).backgroundColor;
            if ((parts(colour)[3] ?? 1) > 0) return colour;
        }
        return 'rgb(255, 255, 255)';
    };
    return [...document.querySelectorAll('main *, header *')].filter(node => {
        if (node.matches('title, desc')) return false;
        if (![...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())) return false;
        const style = getComputedStyle(node);
        const ink = light(node instanceof SVGElement ? style.fill : style.color), paper = light(behind(node));
        return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) < 4.5;
    }).map(node => node.textContent);
}"""
"""The texts whose contrast is below 4.5 : 1 (WCAG 2.2, 1.4.3)."""


def colours(picture: bytes) -> int:
    """How many different colours a picture has, of every ninth dot."""
    with Image.open(io.BytesIO(picture)) as image:
        dots = np.asarray(image.convert("RGB"))[::3, ::3]
    return len(np.unique(dots.reshape(-1, 3), axis=0))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_it_opens_and_fits(show: Callable[..., Any], tmp_path: Path, size: tuple[int, int], language: Any) -> None:
    """From a file, offline: no request, no error, no sideways scrolling, and something to be seen."""
    opened = show(page(large(9, 7), "html", language), width=size[0], height=size[1])
    picture = opened.page.screenshot(path=tmp_path / f"{language}-{size[0]}.png")
    assert (opened.said, opened.asked) == ([], [])
    assert opened.ask("document.documentElement.scrollWidth <= innerWidth")
    assert opened.ask("[...document.querySelectorAll('section')].every(one => one.offsetHeight > 40)")
    assert colours(picture) > 20


@pytest.mark.parametrize("count", [2, 9, 20])
def test_labels_of_drawings_can_be_read(show: Callable[..., Any], count: int) -> None:
    """As the browser sets them: none cut off, none on another."""
    opened = show(page(large(count, 2), "html", "en"))
    assert opened.ask("document.querySelectorAll('svg text').length") > count
    assert opened.ask(OUTSIDE) == []
    assert opened.ask(OVERLAPS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_contrast(show: Callable[..., Any], scheme: str) -> None:
    """By day and by night, with warnings and all."""
    opened = show(page(small(), "html", "zh"), scheme=scheme)
    assert opened.ask(PALE) == []


def test_night_is_dark(show: Callable[..., Any]) -> None:
    """The page follows the system."""
    papers = [
        show(page(small(), "html", "en"), scheme=scheme).ask("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert papers == ["rgb(255, 255, 255)", "rgb(18, 23, 30)"]


def test_wide_tables_scroll_in_their_box(show: Callable[..., Any]) -> None:
    """On a phone; the name of a row stays in sight, and a keyboard can scroll too."""
    opened = show(page(large(3, 6), "html", "en"), width=PHONE[0], height=PHONE[1])
    wide = opened.ask("[...document.querySelectorAll('.box')].filter(box => box.scrollWidth > box.clientWidth).length")
    assert wide > 0
    assert opened.ask("[...document.querySelectorAll('.box')].every(box => box.tabIndex === 0)")
    assert opened.ask("""() => {
        const box = document.querySelector('#scores .box');
        box.scrollLeft = 200;
        const name = box.querySelector('tbody th').getBoundingClientRect();
        return box.scrollLeft > 0 && name.left >= box.getBoundingClientRect().left;
    }""")


def test_a_shadow_shows_that_there_is_more(show: Callable[..., Any]) -> None:
    """At the right edge of a wide table, until its end is reached."""
    opened = show(page(large(3, 6), "html", "en"), width=PHONE[0], height=PHONE[1])
    box = opened.page.locator("#scores .box").first

    def edge() -> int:
        """How light the right edge is, a little inside."""
        with Image.open(io.BytesIO(box.screenshot())) as image:
            grey = np.asarray(image.convert("L"))
        return int(np.median(grey[len(grey) // 3 : len(grey) // 2, -5]))

    more = edge()
    box.evaluate("box => box.scrollLeft = box.scrollWidth")
    assert more < edge() - 20


def test_it_prints_on_a4(show: Callable[..., Any]) -> None:
    """No table is wider than the sheet."""
    opened = show(page(large(6, 6), "html", "en"), width=794, height=1123)
    opened.page.emulate_media(media="print")
    assert opened.ask("document.documentElement.scrollWidth <= innerWidth")
    assert opened.page.pdf(format="A4")[:4] == b"%PDF"


@pytest.mark.parametrize("evil", EVIL)
def test_a_stranger_s_text_does_nothing(show: Callable[..., Any], evil: str) -> None:
    """Names, notes, reasons, licences: shown as they are, never run, never an element."""
    count = "document.querySelectorAll(':not(wbr)').length"
    plain, opened = (show(page(hostile(one), "html", "en")) for one in ("x" * len(evil), evil))
    assert (opened.said, opened.asked) == ([], [])
    assert opened.ask("window.x") is None
    assert opened.ask(count) == plain.ask(count)
    assert opened.ask("document.querySelectorAll('script, img, b[onclick], [onload]').length") == 0
    assert opened.ask(f"document.body.innerText.split({json.dumps(printable(evil))}).length") > 20


def test_the_policy_stops_a_script_that_got_in(show: Callable[..., Any]) -> None:
    """Should escaping ever fail, the browser still runs and fetches nothing."""
    intruders = '<script>window.x=1</script><img src="http://127.0.0.1:9/x">'
    opened = show(page(small(), "html", "en").replace("<main>", f"<main>{intruders}"))
    assert opened.ask("window.x") is None
    assert sum("Content Security Policy" in line for line in opened.said) == 2
