"""A comparison of two sides as rows, lines and plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from harness.diagnostics.notes import Note, severity, shown
from harness.diagnostics.parity.agreement import ROLES, asked_for
from harness.diagnostics.parity.cause import number
from harness.diagnostics.parity.causes.length import extent
from harness.diagnostics.parity.causes.numbers import spread
from harness.diagnostics.parity.probes import LANGUAGES, TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.diagnostics.parity.observation import Observation, Reach, Way
    from harness.workflows.parity.compare import Compared
    from harness.workflows.parity.live import Asked

_WORST = 5
WORST = ("worst texts", "role", "cosine", "text")
"""What each of `worst` holds."""

CAUSES = ("cause", "decisive", "about", "what", "evidence", "advice")
"""What each of `causes` holds."""


class Row(NamedTuple):
    """A probe in a role: how near its vectors are, and how long."""

    probe: str
    role: str
    cosine: float
    norm_a: float
    norm_b: float
    text: str


def verdict(found: Compared) -> str:
    """One sentence."""
    agreement, word = found.agreement, found.parity.word
    decisive = [cause for cause in found.parity.causes if cause.decisive]
    if word == "different":
        more = f" (and {len(decisive) - 1} more)" if len(decisive) > 1 else ""
        return f"different: {decisive[0].text}{more}"
    aside = agreement.differing & found.parity.aside
    least = number(agreement.least(agreement.cosines.keys() - aside))
    every = f"every text's two vectors{', empty ones aside,' if aside else ''}"
    said = f"{word}: the cosine of {every} is {least} or more (asked: {agreement.min_cosine:g})"
    return said if word == "same" else f"{said}, but lengths differ: under dot product these are two models"


def notes(found: Compared) -> list[Note]:
    """The causes, what decides first."""
    return [
        Note(
            check=cause.name,
            severity=severity(warned=cause.decisive),
            value=None,
            subject="",
            text=cause.text,
            examples=(cause.evidence,) if cause.evidence else (),
            advice=cause.advice,
        )
        for cause in found.parity.causes
    ]


def causes(found: Compared) -> list[list[object]]:
    """The same as rows of `CAUSES`."""
    return [[one.name, one.decisive, one.about, one.text, one.evidence, one.advice] for one in found.parity.causes]


def facts(found: Compared) -> tuple[tuple[str, ...], list[list[object]]]:
    """Both sides beside each other, as columns and rows."""
    a, b = (_facts(side, found) for side in found.sides.values())
    known = {**a, **b}
    if all(side["identity"] == side["embedder"] for side in (a, b)):
        del known["identity"]
    return ("", *found.sides), [[name, a.get(name), b.get(name)] for name in known]


def _facts(side: Asked, found: Compared) -> dict[str, object]:
    observation = side.observation
    lengths = found.agreement.norms[0 if observation is found.agreement.a else 1]
    return {
        "embedder": side.name,
        "identity": observation.side.identity,
        "revision": observation.side.revision[:12],
        "dimension": observation.dimension,
        "vector length": spread(lengths) if len(lengths) else None,
        **{f"reads of {one.unit}": _extent(observation.reach.get(one.code)) for one in LANGUAGES.values()},
        "asked again": _cosine(observation.steadiness.again),
        "alone or in a batch": _cosine(observation.steadiness.alone),
        "in another order": _cosine(observation.steadiness.reordered),
        "texts without a vector": sum(len(_without(observation, way)) for way in ROLES),
        "asked": f"{side.live.texts} texts, {side.live.seconds:.1f} s" if side.live else "stored",
        **({"written": f"{side.stored.written_at}, harness {side.stored.harness}"} if side.stored else {}),
    }


def _extent(reach: Reach | None) -> str:
    if reach is None:
        return ""
    if reach.blind:
        return "cannot tell them apart"
    return extent(reach, "").replace("  ", " ") + (", refuses more" if reach.refused else "")


def _cosine(value: float | None) -> str:
    return "" if value is None else number(value)


def _without(side: Observation, way: Way) -> list[str]:
    names = asked_for(way)
    return [name for name, there in zip(names, side.probes(way, names).there, strict=True) if not there]


def texts(found: Compared) -> list[Row]:
    """Every probe in every role, the worst first."""
    agreement = found.agreement
    rows: list[Row] = []
    for way in ROLES:
        names = asked_for(way)
        norms = [np.linalg.norm(side.probes(way, names).rows, axis=1) for side in (agreement.a, agreement.b)]
        for name, norm_a, norm_b in zip(names, *norms, strict=True):
            text = shown(TEXTS[name]).strip("“”")
            rows.append(Row(name, way, agreement.cosines[way, name], float(norm_a), float(norm_b), text))
    return sorted(rows, key=lambda row: row.cosine)


def worst(found: Compared) -> list[list[object]]:
    """The texts that differ most, as rows of name, role, cosine and text."""
    differing = found.agreement.differing
    rows = [row for row in texts(found) if (row.role, row.probe) in differing][:_WORST]
    return [[row.probe, row.role, number(row.cosine), shown(TEXTS[row.probe])] for row in rows]


def numbers(found: Compared) -> dict[str, object]:
    """What the two sides have in common, over all texts."""
    agreement = found.agreement
    return {
        "min_cosine": min(agreement.cosines.values()),
        "median_cosine": agreement.median(),
        "differing": len(agreement.differing),
        "texts": len(agreement.cosines),
        "top_10_overlap": agreement.overlap,
        "rank_correlation": agreement.rank_correlation,
    }


def plain(found: Compared) -> dict[str, object]:
    """Everything as JSON knows it."""
    return {
        "verdict": found.parity.word,
        "same": found.parity.same,
        "similarity": found.similarity,
        "min_cosine": found.agreement.min_cosine,
        "agreement": numbers(found),
        "causes": [
            {field: getattr(cause, field) for field in ("name", "about", "decisive", "text", "evidence", "advice")}
            for cause in found.parity.causes
        ],
        "sides": {label: _plain_side(side) for label, side in found.sides.items()},
        "texts": [row._asdict() for row in texts(found)],
    }


def _plain_side(side: Asked) -> Mapping[str, object]:
    observation = side.observation
    return {
        "embedder": side.name,
        "identity": observation.side.identity,
        "revision": observation.side.revision,
        "dimension": observation.dimension,
        "steadiness": vars(observation.steadiness),
        "reads": {language: vars(reach) for language, reach in observation.reach.items()},
        "texts_asked": side.live.texts if side.live else 0,
        "seconds": side.live.seconds if side.live else 0.0,
        "written_at": side.stored.written_at if side.stored else None,
        "environment": observation.side.environment,
    }
