"""Causes in how far a text is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.diagnostics.parity.agreement import ROLES
from harness.diagnostics.parity.cause import BOTH, Cause, number
from harness.diagnostics.parity.long_texts import Reading, beyond
from harness.diagnostics.parity.probes import LANGUAGES
from harness.diagnostics.parity.reach import apart

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from harness.diagnostics.parity.agreement import Agreement, Label, Place
    from harness.diagnostics.parity.observation import Reach
    from harness.diagnostics.parity.probes import Language


_NARROW = 0.1
"""The share of a length within which an end is told as one number."""


@dataclass(frozen=True)
class Shorter:
    """In one language, the side `label` reads less of a text than the side `other`, and how far each reads."""

    label: Label
    other: Label
    short: Reach
    far: Reach


def shorter(agreement: Agreement, language: Language) -> Shorter | None:
    """Who stops where the other reads on; None where nobody surely does."""
    a, b = agreement.a.reach.get(language.code), agreement.b.reach.get(language.code)
    if a is None or b is None or not apart(a, b):
        return None
    return Shorter("A", "B", a, b) if a.upper < b.upper else Shorter("B", "A", b, a)


def reading(agreement: Agreement, found: Mapping[str, Reading]) -> Iterator[Cause]:
    """A side that cuts or refuses texts where the other reads on. found: per language, what its parts showed."""
    for language in LANGUAGES.values():
        pair = shorter(agreement, language)
        if pair is None:
            continue
        if pair.short.refused:
            yield _refusing(agreement, language, pair)
        else:
            yield _cutting(agreement, language, found, pair)


def _cutting(agreement: Agreement, language: Language, found: Mapping[str, Reading], pair: Shorter) -> Cause:
    label, other, unit = pair.label, pair.other, language.unit
    shown = found.get(language.code, Reading())
    how = ", as the mean of windows of that length" if shown.windows is not None else ""
    more = " and refuses longer ones" if pair.far.refused else ""
    return Cause(
        "truncation",
        label,
        f"{label} reads only the first {extent(pair.short, unit)} of a text, "
        f"{other} {extent(pair.far, unit)}{how}{more}",
        evidence=_evidence(agreement, language, shown, pair),
        advice="set the same maximum length on both sides: a server's default is often below the model's, and "
        "some cut without a word",
        covers=_beyond(language, pair),
    )


def _refusing(agreement: Agreement, language: Language, pair: Shorter) -> Cause:
    label, other, unit = pair.label, pair.other, language.unit
    return Cause(
        "refused length",
        label,
        f"{label} refuses texts above {extent(pair.short, unit)}, {other} reads {extent(pair.far, unit)}",
        evidence=agreement.side(label).probes("document", [language.long]).reasons[0],
        advice="cut long texts before that side sees them (long=truncate&segment=TOKENS), on both sides alike",
        covers=_beyond(language, pair),
    )


def unmeasured(agreement: Agreement, left: Collection[Place]) -> Iterator[Cause]:
    """Long texts alone that differ, of which it is not known whether both sides read them. left: what has no cause."""
    unknown = {language.long for language in LANGUAGES.values() if _is_open(agreement, language)}
    places = frozenset(place for place in left if place[1] in unknown)
    if not places or not {name for _, name in left} <= {language.long for language in LANGUAGES.values()}:
        return
    reaches = [reach for _, side, _ in agreement.sides() for reach in side.reach.values()]
    seconds = max((reach.seconds for reach in reaches if reach.seconds is not None), default=None)
    yield Cause(
        "truncation",
        BOTH,
        "probably truncation: the sides agree on short texts, but not on long ones",
        evidence=f"cosine {number(agreement.least(places))}; how far they are read was not measured "
        + ("beyond the longest text that was allowed" if seconds is None else f"within {seconds:g} s"),
        advice="ask again with "
        + ("a larger --longest" if seconds is None else f"--patience {max(60, 10 * seconds):g}"),
        covers=places,
    )


def _is_open(agreement: Agreement, language: Language) -> bool:
    """Whether one side may stop somewhere in the long text, and where is not known."""
    reaches = [side.reach.get(language.code) for _, side, _ in agreement.sides()]
    return any(reach is None or (reach.end is None and beyond(language, reach.known)) for reach in reaches)


def _beyond(language: Language, pair: Shorter) -> frozenset[Place]:
    return frozenset((way, name) for way in ROLES for name in beyond(language, pair.short.end or 0))


def extent(reach: Reach, unit: str) -> str:
    """How much is read, for a sentence: `~250 words`."""
    if reach.end is None:
        return f"all of the {reach.known:,} {unit} that were tried"
    about = f"~{reach.end:,}" if reach.end - reach.known <= _NARROW * reach.end else f"{reach.known:,} to {reach.end:,}"
    return f"{about} {unit}".strip()


def _evidence(agreement: Agreement, language: Language, shown: Reading, pair: Shorter) -> str:
    short, far = pair.label, pair.other
    if pair.far.refused:  # a text without a vector has no cosine
        return agreement.side(far).probes("document", [language.long]).reasons[0]
    said = [f"cosine {number(agreement.cosines['document', language.long])} on the long text"]
    if shown.windows is not None:
        said.append(f"{number(shown.windows)} once {short}'s windows of it are averaged")
    if shown.cut is not None:
        said.append(f"{number(shown.cut)} once {far} is given only what {short} reads")
    return ", ".join(said)
