"""Causes in what becomes of a text before it is tokens, and in the options of a side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.diagnostics.notes import shown
from harness.diagnostics.parity.agreement import OTHER, ROLES
from harness.diagnostics.parity.cause import BOTH, Cause, listed, number
from harness.diagnostics.parity.changes import INVARIANTS, PROMPT, best
from harness.diagnostics.parity.observation import alike
from harness.diagnostics.parity.probes import PAIRS, TEXTS, names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.diagnostics.parity.agreement import Agreement, Label
    from harness.diagnostics.parity.changes import Explained, Reopened
    from harness.diagnostics.parity.observation import Observation


_ALIKE, _UNLIKE = 1 - 1e-6, 1 - 1e-4
"""Cosines from which two texts have one vector, and up to which they surely have two."""


def of_changes(explained: Sequence[tuple[Label, Explained]]) -> Iterator[Cause]:
    """Changes of a text that one side makes, each named once for both roles."""
    for label, other in OTHER.items():
        by_change: dict[str, list[Explained]] = {}
        for one in best([own for asked, own in explained if asked == label]):
            by_change.setdefault(one.trial.change.what, []).append(one)
        for what, found in by_change.items():
            change = found[0].trial.change
            ways = [one.trial.way for one in found]
            where = f" ({ways[0]} role only)" if change.family == PROMPT and len(ways) == 1 else ""
            before, after = min(one.before for one in found), min(one.after for one in found)
            yield Cause(
                change.cause,
                other,
                f"{other} {what}{where}, {label} does not",
                evidence=f"asked for texts so changed, {label} gives {other}'s vectors of the texts as they were: "
                f"cosine {number(before)} before, {number(after)} after",
                advice=change.advice,
                covers=frozenset(place for one in found for place in one.trial.covers),
            )


def of_options(agreement: Agreement, reopened: Sequence[Reopened]) -> Iterator[Cause]:
    """A side that only differs by an option."""
    chosen = max(reopened, key=lambda one: round(one.cosine, 6), default=None)
    if chosen is None:
        return
    label, other = chosen.label, OTHER[chosen.label]
    pooling = chosen.options.get("pooling")
    prompts = [f"{value!r} ({name.removesuffix('_prompt')} role)" for name, value in chosen.options.items() if value]
    if pooling:
        text = f"{other} pools by {pooling}, {label} in another way"
    elif prompts:
        text = f"{other} puts {' and '.join(prompts)} before its texts, {label} something else"
    else:
        text = f"{other} puts no prompt before its texts, {label} does"
    options = "&".join(f"{name}={value}" for name, value in chosen.options.items())
    yield Cause(
        "pooling" if pooling else "prompt",
        other,
        text,
        evidence=f"opened with {options}, {label} agrees with {other}: cosine {number(chosen.cosine)} or more",
        advice="use the pooling that the model was trained with" if pooling else "give both sides the same prompts",
        covers=agreement.differing,
    )


def invariants(agreement: Agreement) -> Iterator[Cause]:
    """Differences between texts that only one side sees, where both agree on the plain text."""
    for what, pairs in PAIRS.items():
        plain = {("document", second) for _, second in pairs}
        odd = {("document", first) for first, _ in pairs}
        if plain & agreement.differing or not odd & agreement.differing:
            continue
        for label, side, other in agreement.sides():
            own, of_other = (_of_pairs(one, pairs) for one in (side, other))
            if min(own) >= _ALIKE and min(of_other) < _UNLIKE:
                name, does = INVARIANTS[what]
                yield Cause(
                    name,
                    label,
                    f"{label} {does}, the other side does not",
                    evidence=f"cosine {number(min(own))} on {label}, {number(min(of_other))} on the other side",
                    advice="use one tokenizer with one configuration on both sides",
                    covers=frozenset((way, first) for way in ROLES for first, _ in pairs),
                )


def _of_pairs(side: Observation, pairs: tuple[tuple[str, str], ...]) -> list[float]:
    firsts, seconds = zip(*pairs, strict=True)
    return [float(value) for value in alike(side.probes("document", firsts), side.probes("document", seconds))]


def shared_vectors(agreement: Agreement) -> Iterator[Cause]:
    """Different texts that have one vector: letters that a side does not know, or text that it throws away."""
    found = {label: _twins(side) for label, side, _ in agreement.sides()}
    about = [label for label, twins in found.items() if twins]
    if about:
        twins = next(iter(found[label] for label in about))
        who = "both sides give" if len(about) > 1 else f"{about[0]} gives"
        yield Cause(
            "shared vectors",
            BOTH if len(about) > 1 else about[0],
            f"{who} different texts one vector: {listed(twins, 2)}",
            evidence="; ".join(f"{label}: {len(found[label])} pairs with cosine 1" for label in about),
            advice="letters outside a vocabulary, or capitals that a tokenizer was not told to lower: no search tells "
            "such texts apart",
            decisive=False,
        )


def _twins(side: Observation) -> list[str]:
    """Pairs of different texts, other than the pairs that were made alike, that have one vector."""
    own = names("document", "query", "odd")
    answers = side.probes("document", own)
    found = []
    for place, name in enumerate(own):
        rest = list(range(place + 1, len(own)))
        same = alike(answers.take([place] * len(rest)), answers.take(rest)) > _ALIKE
        there = answers.take(rest).there & answers.there[place]
        found += [
            f"{shown(TEXTS[name])} = {shown(TEXTS[own[other]])}"
            for other, twin in zip(rest, (same & there).tolist(), strict=True)
            if twin
        ]
    return found
