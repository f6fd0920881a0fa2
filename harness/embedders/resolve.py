"""`backend:name?option=value` → an embedder or a ranker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias, cast
from urllib.parse import unquote

from harness import plugins
from harness.embedders.checked_rankers import CheckedRanker, CheckedReranker, checked_ranker
from harness.embedders.contract import Checked, called, identified
from harness.embedders.pair_scores import PairReranker, PairScorer, pair_texts
from harness.embedders.wrappers import split, wrapped
from harness.errors import UsageError
from harness.model import Embedder, Ranker, Reranker, Spec

if TYPE_CHECKING:
    from collections.abc import Callable

Candidate: TypeAlias = "Embedder | Ranker | Reranker"
"""Who can be judged."""

Keep: TypeAlias = "Callable[[Embedder], Embedder]"
"""Puts a cache around an embedder, or returns it as it is."""

Combine: TypeAlias = "Callable[[Spec, Callable[[Spec], Candidate]], Candidate]"
"""Makes one candidate of others, which it opens with the function that it is given."""


_SECRET = re.compile(r"(?i)key|secret|passw|credential|token$")
"""What stands in the names of options that hold a secret; `batch_tokens` is a number."""

_VARIABLE = re.compile(r"(?i)_env$")
"""How options end that name an environment variable, which may be one with a secret."""

_OPTION = re.compile(r"[?&]([^=&?]+)=")
"""An option, of a member in the brackets of a combination and of an address too."""

_NOT_NAMED = r"(?i:_env)=(?!(?:[A-Z_][A-Z0-9_]*)?(?:$|[?&]{}))"
_IN_NO_BRACKETS = re.compile(_NOT_NAMED.format(""))
_IN_BRACKETS = re.compile(_NOT_NAMED.format(r"|\s*,\s*[A-Za-z][\w-]*:|\s*\)+\s*(?:$|[?,])"))
"""An option that should name a variable, and does not; in brackets, the next member or the bracket ends it."""

_SIGN = r"(?:(?!,\s*[A-Za-z][\w-]*:)[^&\s])"
_USER = re.compile(rf"://(?:(?![/?#]){_SIGN})*@|url={_SIGN}*@", re.IGNORECASE)
"""`://user:password@` in an address, which ends where the next member of a combination begins."""


def parse_spec(text: str) -> Spec:
    """Take a spec apart. Raises UsageError for a missing backend, an option without a value or given twice.

    A secret is refused before anything else, so that no message shows one.
    """
    _refuse_secrets(text)
    text = text.lstrip() if "?" in text else text.strip()  # a prompt may end in a blank
    backend, colon, rest = text.partition(":")
    if not colon or not backend:
        known = ", ".join(sorted({*plugins.names("embedders"), *plugins.names("combinations")}))
        raise UsageError(f"{text!r} is not of the form backend:model. Known backends: {known}")
    name, query = _name_and_options(backend, rest)
    options: dict[str, str] = {}
    for pair in query.split("&") if query else []:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"{text!r}: option {pair!r} is not of the form option=value")
        if key in options:
            raise UsageError(f"{text!r}: option {key!r} is given twice")
        options[key] = unquote(value)
    return Spec(text, backend, name, options)


def _name_and_options(backend: str, rest: str) -> tuple[str, str]:
    """What stands before and behind the question mark; in a combination, the one behind its brackets."""
    if backend not in plugins.names("combinations"):
        name, _, query = rest.partition("?")
        return name, query
    inside, bracket, behind = rest.rpartition(")")
    name, _, query = behind.partition("?")
    return inside + bracket + name, query


def _refuse_secrets(text: str) -> None:
    combined = text.lstrip().partition(":")[0] in plugins.names("combinations")
    not_named = _IN_BRACKETS if combined else _IN_NO_BRACKETS
    for written in (text, unquote(text), unquote(unquote(text))):
        for key in _OPTION.findall(written):
            if _SECRET.search(key) and not _VARIABLE.search(key):
                raise _refusal(f"option {key!r}", f"{key}_env")
        if not_named.search(written):
            raise _refusal("an option …_env names a variable in capitals; this is none, and may be the secret itself")
        if _USER.search(written):
            raise _refusal("an address with a user or a password (http://user:password@…)")


def _refusal(what: str, option: str = "api_key_env") -> UsageError:
    return UsageError(
        f"{what}: a spec is shown and recorded, so a secret must not stand in it. Put it into an environment variable "
        f"and name that, as in {option}=MY_KEY"
    )


def open_embedder(spec: Spec, keep: Keep = lambda checked: checked) -> Candidate:
    """The embedder, ranker or reranker that a spec stands for, its identity known, its weights not loaded yet.

    keep: puts a cache around an embedder that calls a model, the scores of a PairScorer included. It is asked for each
    one in a combination; what only uses vectors stands outside of it.

    Raises UsageError for an unknown backend, model or option, EmbedderError for one that cannot be had, or does not say
    who it is.
    """
    if spec.backend in plugins.names("combinations"):
        combine = cast("Combine", plugins.find("combinations", spec.backend))
        opened = called(spec.text, lambda: combine(spec, lambda inner: open_embedder(inner, keep)))
        return _checked(spec, opened, keep)
    factory = cast("Callable[[Spec], Candidate | PairScorer]", plugins.find("embedders", spec.backend))
    own, wrapping = split(spec, getattr(factory, "own_options", ()))
    checked = _checked(spec, called(spec.text, lambda: factory(own)), keep)
    if isinstance(checked, Checked):
        return wrapped(keep(checked), wrapping)
    if wrapping.options:
        raise UsageError(f"{spec.text}: {spec.backend} makes no vectors, so there is no {', '.join(wrapping.options)}")
    return checked


def _checked(spec: Spec, opened: Candidate | PairScorer, keep: Keep) -> Checked | CheckedRanker | CheckedReranker:
    # First: to see whether it is a ranker, Python 3.11 asks for its identity, which may raise.
    identified(cast("Candidate", opened), spec.text)
    if isinstance(opened, PairScorer):
        return checked_ranker(PairReranker(keep(Checked(pair_texts(opened), probes=()))))
    if isinstance(opened, Ranker | Reranker) and not hasattr(opened, "embed"):
        return checked_ranker(opened)
    return Checked(cast("Embedder", opened))
