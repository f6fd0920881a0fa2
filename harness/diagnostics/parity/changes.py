"""Changes that a pipeline makes to a text, and whether one of them explains how two sides differ.

A side that is asked for the changed text, and answers what the other side answers for the text as it was, has shown
what the other one does.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from harness.diagnostics.parity.agreement import ROLES
from harness.diagnostics.parity.observation import alike
from harness.diagnostics.parity.probes import PROBES, TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from harness.diagnostics.parity.agreement import Label, Place
    from harness.diagnostics.parity.cause import Name
    from harness.diagnostics.parity.observation import Observation, Way

_QWEN = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"

PROMPTS: Sequence[str] = (
    "query: ",
    "passage: ",
    "search_query: ",
    "search_document: ",
    "为这个句子生成表示以用于检索相关文章：",
    "Represent this sentence for searching relevant passages: ",
    _QWEN,
    f"{_QWEN} ",
    "title: none | text: ",
    "task: search result | query: ",
    "Represent the query for retrieving supporting documents: ",
    "Represent the document for retrieval: ",
)
"""Of e5, nomic, bge (Chinese and English), Qwen3-Embedding, EmbeddingGemma and instructor."""

ENDINGS: Sequence[str] = ("</s>", "<|endoftext|>", "<|im_end|>", "[SEP]", "<eos>")
"""Special tokens that a pipeline puts behind a text, or that a user puts there because one does not."""

_SAMPLE = ("document 1", "document 11", "query 1", "query 5")
"""Two English and two Chinese texts, short, on which changes of every text are tried."""

_MOST = 6

PROMPT = "prompt"
"""The family of changes that a pipeline may make in one role only."""


@dataclass(frozen=True)
class Change:
    """family: of the changes of one family at most one is named. what: as in “B …”; without: as in “A does not”."""

    family: str
    what: str
    apply: Callable[[str], str]
    cause: Name
    advice: str


@dataclass(frozen=True)
class Trial:
    """A change tried on some probes in one role."""

    change: Change
    way: Way
    names: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        """The changed texts."""
        return [self.change.apply(TEXTS[name]) for name in self.names]

    @property
    def covers(self) -> frozenset[Place]:
        """Every probe that the change changes; in its own role where roles may differ in it."""
        ways = (self.way,) if self.change.family == PROMPT else ROLES
        return frozenset((way, name) for way in ways for name in _changed(self.change))


@dataclass(frozen=True)
class Explained:
    """How near one side's vectors of changed texts are to the other's of the texts: the smallest cosine, and before."""

    trial: Trial
    before: float
    after: float


@dataclass(frozen=True)
class Reopened:
    """A side that, opened with options, answers as the other side does. cosine: the smallest over ordinary texts."""

    label: Label
    options: Mapping[str, str]
    cosine: float


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(sign for sign in apart if not unicodedata.combining(sign)))


def _prompt(prompt: str) -> Change:
    return Change(
        PROMPT,
        f"puts {prompt!r} before its texts",
        lambda text: prompt + text,
        "prompt",
        "give both sides the same prompt: a model scores far lower without the one it was trained with",
    )


def _ending(ending: str) -> Change:
    return Change(
        "ending",
        f"ends its texts with {ending!r}",
        lambda text: text + ending,
        "special token",
        "let both tokenizers add the same special tokens: models that pool the last token live by it",
    )


_BLANKS = "clean both sides' texts in the same place, best before either sees them"
_OF_WORDING: Sequence[Change] = (
    Change(
        "case", "lower-cases its texts", str.lower, "lower-casing", "use the tokenizer settings of the model's authors"
    ),
    Change("blanks", "puts blanks for line breaks", lambda text: text.replace("\n", " "), "newlines", _BLANKS),
    Change("blanks", "strips blanks at both ends", str.strip, "whitespace", _BLANKS),
    Change(
        "blanks",
        "makes one blank of several and of line breaks",
        lambda text: " ".join(text.split()),
        "whitespace",
        _BLANKS,
    ),
    Change(
        "signs", "normalises its texts (NFKC)", lambda text: unicodedata.normalize("NFKC", text), "unicode", _BLANKS
    ),
    Change("signs", "strips accents", _plain, "accents", "use the tokenizer settings of the model's authors"),
    Change("signs", "strips punctuation", lambda text: re.sub(r"[^\w\s]", "", text), "punctuation", _BLANKS),
)

CHANGES: Sequence[Change] = (*map(_prompt, PROMPTS), *_OF_WORDING, *map(_ending, ENDINGS))
"""All that are tried."""


@cache
def _changed(change: Change) -> tuple[str, ...]:
    return tuple(probe.name for probe in PROBES if change.apply(probe.text) != probe.text)


def trials(prompts: Iterable[str] = ()) -> Iterator[Trial]:
    """Every change on short texts that it changes; prompts in both roles, whatever has none to documents only.

    prompts: more of them, which somebody is known to use.
    """
    short = {probe.name for probe in PROBES if probe.kind not in {"long", "empty"}}
    known = [prompt for prompt in dict.fromkeys(prompts) if prompt and prompt not in PROMPTS]
    for change in (*map(_prompt, known), *CHANGES):
        names = [name for name in _changed(change) if name in short]
        everywhere = len(names) == len(short)
        for way in ROLES if change.family == PROMPT else ROLES[:1]:
            yield Trial(change, way, _SAMPLE if everywhere else tuple(names[:_MOST]))


def explained(trial: Trial, changed: Observation, other: Observation, min_cosine: float) -> Explained | None:
    """Whether `changed`, asked for the changed texts, answers what `other` answers for the texts themselves.

    None where it does not, and where there was nothing to explain.
    """
    wanted = other.probes(trial.way, trial.names)
    before = float(alike(changed.probes(trial.way, trial.names), wanted).min())
    answers = changed.texts(trial.way, trial.texts)
    if before >= min_cosine or not (answers.there & wanted.there).all():
        return None
    after = float(alike(answers, wanted).min())
    return Explained(trial, before, after) if after >= min_cosine else None


def best(found: Sequence[Explained]) -> list[Explained]:
    """Of each family and role the one that explains most texts, then the one that explains them best."""
    chosen: dict[tuple[str, Way], Explained] = {}
    for one in found:
        key = one.trial.change.family, one.trial.way
        if key not in chosen or _worth(one) > _worth(chosen[key]):
            chosen[key] = one
    return list(chosen.values())


def _worth(one: Explained) -> tuple[int, float]:
    return len(one.trial.names), round(one.after, 6)


INVARIANTS: Mapping[str, tuple[Name, str]] = {
    "case": ("lower-casing", "gives texts that differ only in capitals one vector"),
    "newlines": ("newlines", "gives a line break and a blank one vector"),
    "blanks": ("whitespace", "gives one blank and several one vector"),
    "width": ("unicode", "gives full-width and plain signs one vector"),
    "accents": ("accents", "gives letters with and without accents one vector"),
}
"""What the probes of a pair differ in → the cause that it points to, and what a side does that sees no difference."""
