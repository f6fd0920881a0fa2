"""A document as one HTML file: style and drawings inside, no script, nothing from elsewhere."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from harness.report.text import printable

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from harness.report.page.blocks import Document

_PARTS = re.compile(r"(?<=[/:,_])(?=[^/:,_])|(?=[?&])")


def html(document: Document) -> str:
    """The page. Every text that is filled in is escaped."""
    # 0.1 s, which no other report must pay.
    from markupsafe import Markup  # noqa: PLC0415 # see above

    style = Markup(_source("page.css"))  # noqa: S704 # our own file
    return _templates().get_template("page.html").render(page=document, style=style)


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 # as in `html`

    templates = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FunctionLoader(_source),
        finalize=_printable,
        keep_trailing_newline=True,
    )
    templates.filters["breakable"] = _breakable
    return templates


def _source(name: str) -> str:
    return files("harness.report.page").joinpath("templates", name).read_text(encoding="utf-8")


def _breakable(text: str) -> Markup:
    """A name that may go on in the next line between its parts: mteb:, zh/, acge_, ?subset=…."""
    from markupsafe import Markup  # noqa: PLC0415 # as in `html`

    return Markup("<wbr>").join(_PARTS.split(printable(text)))


def _printable(value: Any) -> Any:
    """Text with a mark where a character cannot be shown; what is markup already is our own."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return printable(value)
    return value
