"""Everything that is asked of a side whatever the other one answers."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from harness.diagnostics.parity.observation import Answers, Observation, Side, Steadiness, keyed
from harness.diagnostics.parity.probes import ALONE, LANGUAGES, TEXTS, names
from harness.diagnostics.parity.reach import ALWAYS, LONGEST, Measure, series
from harness.diagnostics.parity.steady import steadiness
from harness.workflows.environment import environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.diagnostics.parity.observation import Key, Reach
    from harness.model import Vectors
    from harness.workflows.parity.live import Live

PATIENCE = 6.0
"""Seconds after which no texts are tried that are longer than `ALWAYS`."""


def observe(live: Live, longest: int = LONGEST, patience: float = PATIENCE) -> Observation:
    """The probes in both roles, and whether and how the answers depend on how they are asked for.

    longest: words of the longest text. patience: seconds. Raises EmbedderError.
    """
    long = [TEXTS[name] for name in names("long")]
    short = [name for name in TEXTS if name not in names("long")]
    texts = [TEXTS[name] for name in short]
    batch = live.ask(texts, "document")
    again = live.ask(texts, "document")
    backwards = live.ask(texts[::-1], "document").take(range(len(texts))[::-1])
    few = [TEXTS[name] for name in ALONE]
    alone = _one_by_one(live, few)
    vectors: dict[Key, Vectors | str] = {
        **keyed("document", texts, batch),
        **live.vectors("document", long),
        **live.vectors("query", texts),
        **keyed("alone", few, alone),
    }
    identity = live.embedder.identity
    side = Side(str(identity), identity.revision, _versions())
    found = Observation(side, vectors, Steadiness(None, None, None), {})
    steady = steadiness(batch, again, backwards, found.texts("alone", texts), short)
    cosines = (steady.again, steady.alone, steady.reordered)
    noise = max((1 - cosine for cosine in cosines if cosine is not None), default=0.0)
    return replace(found, steadiness=steady, reach=reaches(live, noise, longest, patience))


def _versions() -> dict[str, object]:
    """Of everything that has a say in the vectors; how many processors there are has none."""
    return {name: value for name, value in environment().items() if name not in {"processors", "threads"}}


def _one_by_one(live: Live, texts: Sequence[str]) -> Answers:
    found = [live.ask([text], "document") for text in texts]
    width = max(answer.rows.shape[1] for answer in found)
    rows = [answer.rows[0] if answer.rows.shape[1] else np.zeros(width, np.float32) for answer in found]
    return Answers(np.array(rows), tuple(reason for answer in found for reason in answer.reasons))


def reaches(live: Live, noise: float, longest: int, patience: float) -> dict[str, Reach]:
    """How far the side reads, in each language; the lengths of all languages share their requests.

    patience: seconds after which only texts of up to `ALWAYS` words are tried.
    """
    searches = {code: Measure(noise, longest).search() for code in LANGUAGES}
    wanted: dict[str, Sequence[int]] = {code: next(search) for code, search in searches.items()}
    found: dict[str, Reach] = {}
    started = perf_counter()
    while wanted:
        late = perf_counter() - started >= patience
        stopped = {code for code, lengths in wanted.items() if late and max(lengths) > ALWAYS}
        asked = {code: () if code in stopped else lengths for code, lengths in wanted.items()}
        answers = live.ask([series(LANGUAGES[code], length) for code in asked for length in asked[code]], "document")
        wanted, place = {}, 0
        for code, lengths in asked.items():
            own = answers.take(range(place, place + len(lengths)))
            place += len(lengths)
            try:
                wanted[code] = searches[code].send(own)
            except StopIteration as end:
                found[code] = replace(end.value, seconds=patience) if code in stopped else end.value
    return {code: found[code] for code in LANGUAGES}
