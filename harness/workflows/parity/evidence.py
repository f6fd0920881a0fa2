"""What sides that differ are asked for, to find out why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.diagnostics.parity import long_texts
from harness.diagnostics.parity.agreement import OTHER, ordinary
from harness.diagnostics.parity.causes.length import shorter
from harness.diagnostics.parity.causes.wording import of_changes
from harness.diagnostics.parity.changes import Reopened, explained, trials
from harness.diagnostics.parity.long_texts import Reading
from harness.diagnostics.parity.observation import alike
from harness.diagnostics.parity.probes import LANGUAGES, TEXTS
from harness.diagnostics.parity.verdict import Evidence, unaccounted
from harness.embedders.resolve import parse_spec
from harness.errors import EmbedderError, UsageError
from harness.workflows.parity.live import opened, with_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.diagnostics.parity.agreement import Agreement, Label
    from harness.diagnostics.parity.cause import Cause, Name
    from harness.diagnostics.parity.changes import Explained, Trial
    from harness.diagnostics.parity.observation import Observation
    from harness.diagnostics.parity.probes import Language
    from harness.embedders.resolve import Keep
    from harness.workflows.parity.live import Asked, Live

PROMPTS = ("query_prompt", "document_prompt")
"""Options that hold what is put before texts."""

VARIANTS: Sequence[Mapping[str, str]] = (
    *({"pooling": pooling} for pooling in ("cls", "mean", "max", "last")),
    dict.fromkeys(PROMPTS, ""),
)
"""Options that a side is opened with again; most backends have none of them."""

_VAGUE: frozenset[Name] = frozenset({"roles"})
"""Causes behind which there may be a more exact one: that a prompt is missing in one role."""

_SAMPLE = ("document 1", "document 5", "document 11", "document 15", "query 1", "query 5")


def more_evidence(sides: Mapping[Label, Asked], agreement: Agreement, causes: Sequence[Cause], keep: Keep) -> Evidence:
    """What both sides answer to texts that are chosen because of how they differ.

    causes: those that are known already; nothing is asked to explain what they cover.
    """
    settled = [cause for cause in causes if cause.covers and cause.name not in _VAGUE]
    left = unaccounted(agreement, settled)
    named = [prompt for side in sides.values() for prompt in _prompts(side).values()]
    wanted = [trial for trial in trials(named) if any((trial.way, name) in left for name in trial.names)]
    found = tuple(_explained(sides, agreement, wanted))
    rest = unaccounted(agreement, [*(cause for cause in causes if cause.covers), *of_changes(found)])
    related = agreement.a.dimension == agreement.b.dimension and bool(rest.intersection(ordinary()))
    reopened = tuple(_reopened(sides, agreement, keep)) if related else ()
    return Evidence(found, reopened, dict(_readings(sides, agreement)))


def knowing_changes(known: Observation, live: Live, wanted: Sequence[Trial]) -> Observation:
    """The side with its vectors of the changed texts of these trials."""
    for way in ("document", "query"):
        texts = [text for trial in wanted if trial.way == way for text in trial.texts]
        known = known.knowing(live.vectors(way, [text for text in texts if (way, text) not in known.vectors]))
    return known


def _explained(
    sides: Mapping[Label, Asked], agreement: Agreement, wanted: Sequence[Trial]
) -> Iterator[tuple[Label, Explained]]:
    for label, other in OTHER.items():
        side = sides[label]
        known = knowing_changes(side.observation, side.live, wanted) if side.live else side.observation
        for trial in wanted:
            found = explained(trial, known, sides[other].observation, agreement.min_cosine)
            if found:
                yield label, found


def _reopened(sides: Mapping[Label, Asked], agreement: Agreement, keep: Keep) -> Iterator[Reopened]:
    for label, other in OTHER.items():
        prompts = _prompts(sides[other])
        for options in (*VARIANTS, prompts) if prompts else VARIANTS:
            cosine = _agreeing(sides[label], options, sides[other].observation, keep)
            if cosine >= agreement.min_cosine:
                yield Reopened(label, options, cosine)


def _prompts(side: Asked) -> Mapping[str, str]:
    """The prompts that the spec of a side names; none where vectors are stored ones."""
    given = parse_spec(side.name).options if side.live else {}
    return {name: given.get(name, "") for name in PROMPTS} if given.keys() & set(PROMPTS) else {}


def _agreeing(side: Asked, options: Mapping[str, str], other: Observation, keep: Keep) -> float:
    """The smallest cosine with the other side once a side is opened with options; 0 where it has no such options."""
    if side.live is None:
        return 0.0
    try:
        variant = opened(with_options(side.name, options), keep)
        return min(
            float(alike(variant.ask([TEXTS[name] for name in _SAMPLE], way), other.probes(way, _SAMPLE)).min())
            for way in ("document", "query")
        )
    except (UsageError, EmbedderError):
        return 0.0


def _readings(sides: Mapping[Label, Asked], agreement: Agreement) -> Iterator[tuple[str, Reading]]:
    """What both sides make of the parts of a long text, where one of them cuts it."""
    for language in LANGUAGES.values():
        pair = shorter(agreement, language)
        if pair and pair.short.end and not (pair.short.refused or pair.far.refused):
            yield language.code, _reading(language, pair.short.end, sides[pair.label], sides[pair.other])


def _reading(language: Language, end: int, short: Asked, far: Asked) -> Reading:
    whole, cut = (side.observation.probes("document", [language.long]) for side in (far, short))
    if not long_texts.beyond(language, end):
        return Reading()
    parts = long_texts.windows(language, end)
    return Reading(
        cut=long_texts.of_beginning(whole, cut, far.ask([long_texts.beginning(language, end)])),
        windows=long_texts.of_windows(whole, cut, short.ask(parts), [len(part) for part in parts]),
    )
