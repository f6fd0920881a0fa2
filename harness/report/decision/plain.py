"""A decision as JSON: every field of it, what is absent is null, with its reason."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from harness.report.decision.sentence import open_question, sentence

if TYPE_CHECKING:
    from harness.model import Decision, Field, Open, Standing


def as_document(made: Decision) -> dict[str, object]:
    """Every field of a Decision, and the sentence; `absent` says why one that could be there is null."""
    told = {"en": sentence(made, "en"), "zh": sentence(made, "zh")}
    content = asdict(made) | {"sentence": told, "deciding": made.deciding.suite if made.deciding else None}
    content["fields"] = [_field(one) for one in made.fields]
    content["overall"] = _field(made.overall) if made.overall else None
    content["open"] = [_open(made, one) for one in made.open]
    return content | {"absent": _absent(made)}


def _field(one: Field) -> dict[str, object]:
    return asdict(one) | {"standings": [_standing(standing) for standing in one.standings]}


def _standing(one: Standing) -> dict[str, object]:
    """Intervals and p values are called as everywhere: the p of a standing is corrected."""
    return {
        "embedder": one.embedder,
        "identity": one.identity,
        "letter": one.letter,
        "place": one.place,
        "value": one.value,
        "low": one.interval.low,
        "high": one.interval.high,
        "interval_reason": one.interval.reason,
        "p_adjusted": one.p,
        "in_best": one.in_best,
        "beats": one.beats,
        "status": one.status,
        "reason": one.reason,
        "missing": one.missing,
    }


def _open(made: Decision, one: Open) -> dict[str, object]:
    return {
        "a": one.a,
        "b": one.b,
        "suite": one.suite,
        "items": one.items,
        "verdict": one.verdict,
        "items_needed": one.needed,
        "missed": one.missed,
        "words": open_question(made, one),
    }


def _absent(made: Decision) -> dict[str, str]:
    found = {}
    if made.overall is None:
        found["overall"] = "there is one suite" if len(made.fields) == 1 else sentence(made)
    if made.deciding is None:
        found["deciding"] = found["overall"]
    if made.chosen is None:
        found["chosen"] = sentence(made)
    return found
