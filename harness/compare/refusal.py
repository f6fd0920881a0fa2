"""When two runs must not be set side by side, and what differs between their data."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from harness.errors import NotComparableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model import Run

_EXAMPLES = 3
_PACKAGE = "embedding-harness"


def demand_comparable(a: Run, b: Run) -> None:
    """Raises NotComparableError for runs of other suites or data, imported ones, and those that did not succeed."""
    reasons = [*_alone("A", a), *_alone("B", b)]
    if a.suite != b.suite:
        reasons.append(f"A ran on {a.suite}, B on {b.suite}")
    elif not reasons and a.fingerprint != b.fingerprint:
        reasons.append(other_data(a, b))
    if reasons:
        raise NotComparableError("; ".join(reasons))


def demand_one_convention(a: Run, b: Run, metric: str) -> None:
    """Raises NotComparableError where a metric's name stands for two ways of computing it."""
    first, second = (_conventions(run).get(metric) for run in (a, b))
    if first is not None and second is not None and first != second:
        raise NotComparableError(
            f"{metric} was computed in two ways: {first or 'no convention'} for A, {second or 'no convention'} for B. "
            "Run both again."
        )


def demand_scores(a: Run, b: Run, metric: str) -> None:
    """Raises NotComparableError where one of the runs has no score of a metric."""
    for who, run in (("A", a), ("B", b)):
        score = run.score(metric)
        if score is None:
            raise NotComparableError(f"{who} was not scored with {metric}")
        if score.status != "ok":
            raise NotComparableError(f"{who} has no score: {score.reason}")


def other_data(a: Run, b: Run) -> str:
    """Why two runs of one suite cannot be compared: both fingerprints, what differs, and what to do.

    Items that only one of them has are named where the runs are whole.
    """
    again = " ".join(f"-e {quote(label)}" for label in dict.fromkeys((a.embedder, b.embedder)))
    folders = (run.folder for run in sorted((a, b), key=lambda run: run.started_at, reverse=True))
    suite = next(filter(None, folders), a.suite)
    return (
        f"the data of {a.suite} differ: fingerprint {a.fingerprint} for A ({a.embedder}, {a.started_at[:10]}), "
        f"{b.fingerprint} for B ({b.embedder}, {b.started_at[:10]}). What differs: {'; '.join(_differences(a, b))}. "
        f"Run both again on the same data: harness run -s {quote(suite)} {again}"
    )


def _alone(who: str, run: Run) -> Iterator[str]:
    if run.imported:
        yield (
            f"{who} is imported: scores without items, on data that nobody here has seen. Run it "
            "here, or import its predictions: harness results import --predictions"
        )
    elif run.status != "ok":
        what = "failed" if run.status == "failed" else "is not applicable"
        yield f"{who} {what}: {run.reason}"
    elif not run.items:
        why = next((f": {score.interval.reason}" for score in run.scores if score.interval.reason), "")
        yield f"{who} has no scores per item{why}"


def _differences(a: Run, b: Run) -> list[str]:
    found = [*_kinds(a, b), *_parameters(a, b), *_metrics(a, b), *_items(a, b)]
    if found:
        return found
    versions = [run.environment.get("packages", {}).get(_PACKAGE, "") for run in (a, b)]
    tables = "kind, parameters and items are the same, so the texts or labels of its tables are not"
    if versions[0] != versions[1]:
        tables += f" (or how they are judged: A was made by {_PACKAGE} {versions[0]}, B by {versions[1]})"
    return [tables]


def _kinds(a: Run, b: Run) -> Iterator[str]:
    if a.kind != b.kind:
        yield f"the kind is {a.kind} for A, {b.kind} for B"


def _parameters(a: Run, b: Run) -> Iterator[str]:
    first, second = (run.configuration.get("parameters", {}) for run in (a, b))
    for name in dict.fromkeys((*first, *second)):
        one, other = (values.get(name, "not there") for values in (first, second))
        if one != other:
            yield f"the parameter {name} is {one!r} for A, {other!r} for B"


def _metrics(a: Run, b: Run) -> Iterator[str]:
    first, second = _conventions(a), _conventions(b)
    for name in first.keys() & second.keys():
        if first[name] != second[name]:
            yield f"{name} is computed as {first[name]!r} for A, as {second[name]!r} for B"


def _items(a: Run, b: Run) -> Iterator[str]:
    first, second = ({name for scores in run.items for name in scores.ids} for run in (a, b))
    for who, alone in (("A", first - second), ("B", second - first)):
        if alone:
            yield f"{only_in(who, alone)} of {len(first if who == 'A' else second):,}"


def only_in(who: str, ids: set[str]) -> str:
    """How many items one of two runs has alone, with some of them: `2 items are only in A (q1, q2)`."""
    shown = sorted(ids)[:_EXAMPLES]
    count = "1 item is" if len(ids) == 1 else f"{len(ids):,} items are"
    return f"{count} only in {who} ({', '.join(shown)}{', …' if len(ids) > _EXAMPLES else ''})"


def _conventions(run: Run) -> dict[str, str]:
    return {score.metric: score.convention for score in run.scores}
