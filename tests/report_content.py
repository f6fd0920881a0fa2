"""The content of reports, made by hand: three embedders on two suites, or as many as a test wants."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.model import Decision, Facts, Field, Interval, Open, Remarks, Row, Standing, Unmet
from harness.report.page.content import Content, Data, Model, Surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOMENT = "2026-01-02T03:04:05.000006+00:00"
ENVIRONMENT = {
    "python": "3.12.1",
    "system": "Linux",
    "processors": 4,
    "packages": {"numpy": "2.1.0", "torch": "2.8+cpu"},
}
SCORES = {"α": 0.8, "β": 0.7, "γ": None}
"""The scores of the small report; γ has none."""


def field_of(suite: str, scores: Mapping[str, float | None], metric: str = "ndcg@10") -> Field:
    """A field in the order of the scores: the first two are the best set, and each beats all from two places below."""
    names = sorted(scores, key=lambda name: -(scores[name] or -1.0))
    standings = [_standing(name, at, scores[name], len(names)) for at, name in enumerate(names)]
    return Field(suite, metric, 100, True, 1.0, tuple(standings), "step-down maxT over all pairs, by sign flips")


def average_of(suites: Sequence[str], scores: Mapping[str, float | None]) -> Field:
    """The average of some suites."""
    return replace(field_of("", scores, "average"), of=tuple(suites))


def _standing(name: str, at: int, value: float | None, count: int) -> Standing:
    letter = f"L{at}"
    if value is None:
        none = Interval(None, None, "not run")
        return Standing(name, "", letter, None, None, none, status="failed", reason="not run")
    beats = tuple(f"L{other}" for other in range(at + 2, count))
    interval = Interval(value - 0.05, value + 0.05)
    return Standing(name, "", letter, at + 1, value, interval, None if at == 0 else 0.3 * at, at < 2, beats)


def row_of(suite: str, embedder: str, value: float | None, **changed: Any) -> Row:
    """The row behind a standing."""
    known = {"low": None, "high": None} if value is None else {"low": value - 0.05, "high": value + 0.05}
    fields: dict[str, Any] = {
        "suite": suite,
        "kind": "retrieval",
        "embedder": embedder,
        "metric": "ndcg@10",
        "value": value,
        **known,
        "floor": None if value is None else 0.1,
        "items": 100,
        "status": "failed" if value is None else "ok",
        "reason": "not run" if value is None else "",
        "run": "r",
        "fingerprint": "f" * 32,
        "seconds": 1.0,
        "identity": "",
        "headline": True,
        "higher_is_better": True,
        "interval_reason": "",
        "started_at": MOMENT,
    }
    return Row(**fields | changed)


def decision_of(fields: Sequence[Field], **changed: Any) -> Decision:
    """A decision of these fields, with costs of all but the last embedder."""
    names = [one.embedder for one in fields[0].standings]
    costs = {
        name: Facts(3.0 * 7**at, 0.1 * at, "USD", 100.0 + at, 384, local=True, index=1536 + at)
        for at, name in enumerate(names[:-1])
    }
    known: dict[str, Any] = {
        "fields": tuple(fields),
        "overall": None,
        "facts": {**costs, names[-1]: Facts(notes={"latency": "it makes no vectors"})},
        "needs": (),
        "unmet": {},
        "admitted": tuple(names[:1]),
        "order": "price, then latency p95, memory, index bytes, then score; what is not known comes last",
        "front": {"latency": tuple(names[:1]), "price": (), "memory": (), "index": tuple(names[:2])},
        "chosen": names[0],
    }
    return Decision(**known | changed)


def small(decision: Mapping[str, Any] | None = None, **changed: Any) -> Content:
    """α and β on two suites, γ without scores. decision, changed: fields of it, and of the content, that differ."""
    known: dict[str, Any] = {
        "fields": (field_of("甲", SCORES), field_of("乙", SCORES)),
        "overall": average_of(("甲", "乙"), {"α": 0.8, "β": 0.7}),
    }
    content: dict[str, Any] = {
        "decision": decision_of(**known | dict(decision or {})),
        "rows": [row_of(suite, name, value) for suite in ("甲", "乙") for name, value in SCORES.items()],
        "data": [Data(suite, "retrieval", "f" * 32, 100, suite, "标题", "CC0-1.0") for suite in ("甲", "乙")],
        "models": [Model(name, name, f"st:{name}", f"st:{name}", "abc", "MIT") for name in SCORES],
        "surroundings": [Surroundings(ENVIRONMENT, [("α", "甲", MOMENT)])],
        "version": "1.2.3",
    }
    return Content(**content | changed)


def large(embedders: int, suites: int) -> Content:
    """So many embedders on so many suites, everything known, with long names."""
    scores = {f"packaged:some-multilingual-model-{at}": 0.9 - 0.03 * at for at in range(embedders)}
    fields = [field_of(f"zh/suite-number-{at}", scores) for at in range(suites)]
    return Content(
        decision=decision_of(fields, overall=average_of([field.suite for field in fields], scores)),
        rows=[row_of(field.suite, one.embedder, one.value) for field in fields for one in field.standings],
        data=[Data(field.suite, "retrieval", "f" * 32, 100, field.suite, "Title", "MIT") for field in fields],
        models=[Model(name, name, name, name, "0" * 64, "MIT") for name in scores],
        surroundings=[Surroundings(ENVIRONMENT, [("a", "b", MOMENT)])],
        version="",
    )


def hostile(evil: str) -> Content:
    """A report with a text wherever a stranger's text can stand."""
    scores = {f"α{evil}": 0.8, f"β{evil}": 0.7, f"γ{evil}": None}
    suite = f"甲{evil}"
    first, second, _ = scores
    costs = {name: Facts(3.0 + at, notes={"price": f"n{evil}"}) for at, name in enumerate((first, second))}
    decision = {
        "fields": (field_of(suite, scores, f"m{evil}"),),
        "overall": None,
        "facts": costs,
        "front": {"latency": (first,)},
        "needs": (f"need{evil}",),
        "admitted": (first,),
        "chosen": first,
        "unmet": {second: (Unmet(f"need{evil}", f"found{evil}"),)},
        "notes": (f"note{evil}",),
        "open": (Open(first, second, suite, 100, 200),),
    }
    return small(
        decision=decision,
        rows=[row_of(suite, name, value, warnings=(f"w{evil}",)) for name, value in scores.items()],
        data=[Data(suite, f"k{evil}", f"f{evil}", 100, suite, f"t{evil}", f"l{evil}")],
        models=[Model(name, name, f"st:{name}", f"n{evil}", f"r{evil}", f"l{evil}") for name in scores],
        surroundings=[Surroundings({**ENVIRONMENT, "machine": f"m{evil}"}, [(first, suite, MOMENT)])],
        remarks=Remarks({suite: [f"remark{evil}"]}, [f"whole{evil}"]),
        needs=("--min", f"{suite} m > 0.5"),
        version=f"v{evil}",
    )
