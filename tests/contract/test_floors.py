"""Random vectors score each metric's floor on every built-in suite: a floor that lies makes any model look good."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from harness.catalogue import Place, builtin_places, load_suite
from harness.embedders.resolve import open_embedder, parse_spec
from harness.evaluate import evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Embedder, Floats, Identity, Role, Suite, Vectors

PLACES = {place.name: place for place in builtin_places()}
BASELINE = cast("Embedder", open_embedder(parse_spec("baseline:random")))
DRAWS = 12
DIMENSIONS = 64
FARTHEST = 5.0
"""Standard errors of the mean of the draws; some 250 metrics are tested, so that 2 would be too few."""


def scores(suite: Suite, draw: int) -> list[float]:
    """Every metric on vectors drawn at random, one per distinct text."""
    random = np.random.default_rng(draw)
    asked = suite.task.texts()
    place: dict[str, int] = {}
    rows = {name: [place.setdefault(text, len(place)) for text in texts.texts] for name, texts in asked.items()}
    drawn = random.standard_normal((len(place), DIMENSIONS), dtype=np.float32)
    judged = {type(one): one for one in suite.task.judge({name: drawn[own] for name, own in rows.items()})}
    return [metric.score(judged[metric.reads]) for metric in suite.metrics]


def floors(suite: Suite) -> list[float | None]:
    """Of every metric; it may depend on the judgements, but not on the vectors."""
    outcome = evaluate(suite, BASELINE)
    return [score.floor for score in outcome.scores]


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_random_vectors_score_the_floor(place: Place) -> None:
    """The mean over a dozen draws is within a few standard errors of the floor, in every metric that has one."""
    suite = load_suite(place)
    drawn: Floats = np.array([scores(suite, draw) for draw in range(DRAWS)])
    wrong = {}
    for metric, floor, values in zip(suite.metrics, floors(suite), drawn.T, strict=True):
        error = values.std(ddof=1) / math.sqrt(DRAWS)
        if floor is not None and abs(values.mean() - floor) > FARTHEST * error + 1e-9:
            wrong[metric.name] = (floor, values.mean(), error)
    assert wrong == {}


@dataclass(frozen=True)
class Redrawn:
    """baseline:random as if every text began with `sign`: another draw of every vector."""

    sign: str
    identity: Identity = field(default_factory=lambda: BASELINE.identity)
    reads_images: bool = True

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """n × 256."""
        return BASELINE.embed([f"{self.sign}{text}" for text in texts], role)


def test_the_random_baseline_sits_at_the_floor() -> None:
    """Its 95 % intervals hold the floor in nine of ten metrics of all built-in suites, over four draws of it.

    A few hits more or less make a skewed score near 0, so that its interval holds a little less often than it says.
    """
    suites = [load_suite(place) for place in PLACES.values()]
    held = [
        score.interval.low <= score.floor <= (score.interval.high or 0.0)
        for sign in ("", "1", "2", "3")
        for suite in suites
        for score in evaluate(suite, Redrawn(sign)).scores
        if score.floor is not None and score.interval.low is not None
    ]
    assert np.mean(held) >= 0.9
