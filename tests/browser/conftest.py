"""A headless Chromium without network, and what a page did in it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb")
"""For containers: no user namespaces, no GPU, little shared memory."""


@dataclass
class Opened:
    """A page with what was said on its console, which errors it had, and what it asked for besides itself."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def ask(self, expression: str) -> Any:
        """What a script finds in the page."""
        return self.page.evaluate(expression)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The browser that is installed; tests are skipped where none is. One that does not start is an error."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: `make test` installs it")
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("there is no Chromium here: install it, on Debian with `apt-get install chromium fonts-noto-cjk`")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def show(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Opens a text as a file, offline: `show(html, width=390, height=844)`."""
    contexts = []

    def show(html: str, *, width: int = 1280, height: int = 900, scheme: str = "light") -> Opened:
        file = tmp_path / "report.html"
        file.write_text(html, encoding="utf-8")
        size = {"width": width, "height": height}
        context = chromium.new_context(viewport=size, color_scheme=scheme, offline=True)
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.on("console", lambda message: opened.said.append(message.text))
        opened.page.on("pageerror", lambda error: opened.said.append(str(error)))
        opened.page.on("dialog", lambda dialog: opened.said.append(dialog.message))
        opened.page.on("request", lambda request: opened.asked.append(request.url))
        opened.page.goto(file.as_uri())
        opened.asked.remove(file.as_uri())
        return opened

    yield show
    for context in contexts:
        context.close()
