"""`backend:name?option=value` → an embedder or a ranker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

from harness import plugins
from harness.embedders.contract import Checked, CheckedRanker, called, identified
from harness.errors import UsageError
from harness.model import Embedder, Ranker, Spec

if TYPE_CHECKING:
    from collections.abc import Callable


_SECRET = re.compile(r"(?i)(key|token|secret|password|credential)s?$")
"""How options end that hold a secret; one that names an environment variable ends in _env."""


def parse_spec(text: str) -> Spec:
    """Take a spec apart. Raises UsageError for a missing backend, an option without a value or given twice."""
    backend, colon, rest = text.strip().partition(":")
    if not colon or not backend:
        known = ", ".join(sorted(plugins.names("embedders")))
        raise UsageError(f"{text!r} is not of the form backend:model. Known backends: {known}")
    name, _, query = rest.partition("?")
    options: dict[str, str] = {}
    for pair in query.split("&") if query else []:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"{text!r}: option {pair!r} is not of the form option=value")
        if _SECRET.search(key):
            raise UsageError(
                f"option {key!r}: a spec is shown and recorded, so a secret must not stand in it. Put it into an "
                f"environment variable and name that, as in {key}_env=MY_KEY"
            )
        if key in options:
            raise UsageError(f"{text!r}: option {key!r} is given twice")
        options[key] = parse_qsl(f"v={value}", keep_blank_values=True)[0][1]
    return Spec(text.strip(), backend, name, options)


def open_embedder(spec: Spec) -> Checked | CheckedRanker:
    """The embedder or ranker that a spec stands for, its identity known, its weights not loaded yet.

    Raises UsageError for an unknown backend, model or option, EmbedderError for one that cannot be had, or does not
    say who it is.
    """
    factory = cast("Callable[[Spec], Embedder | Ranker]", plugins.find("embedders", spec.backend))
    embedder = called(spec.text, lambda: factory(spec))
    identified(
        embedder, spec.text
    )  # first: to see whether it is a ranker, Python 3.11 asks for its identity, which may raise
    ranks_only = isinstance(embedder, Ranker) and not hasattr(embedder, "embed")
    return CheckedRanker(cast("Ranker", embedder)) if ranks_only else Checked(cast("Embedder", embedder))
