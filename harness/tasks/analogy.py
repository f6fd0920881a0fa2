"""Analogy: is what leads from a to b also what leads from c to d?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from harness.metrics import offsets
from harness.metrics.analogy import AnalogyRanks, Questions, analogy_accuracy, honest_accuracy, solve
from harness.metrics.offsets import Offsets, PairDirections
from harness.model import Column, Finding, Table, TableShape, Texts, Vectors
from harness.search import COSINE, unit
from harness.statistics.seeding import generator
from harness.tasks.lines import lines, themselves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.errors import Faults
    from harness.model import Floats, Index, Metric, Similarity

MOST_PAIRS = 300
"""A relation of more pairs would ask more than 90,000 questions."""
ENOUGH_PAIRS = 15
"""With fewer pairs PCS says little; proposed here."""
BROKEN = 3
"""How many of the pairs that agree least with their relation are told."""
_SHOWN = 40
"""Characters of a word in the id of a question; a longer one, code for example, is cut and told apart by a digest."""

_PAIR = {"a": Column("text"), "b": Column("text")}
_CATEGORY = {"category": Column("label", required=False)}


@dataclass(frozen=True)
class Relation:
    """The distinct pairs (a, b) of one category, as positions in the vocabulary."""

    category: str
    first: Index
    second: Index


@dataclass(frozen=True)
class Analogy:
    """Pairs of words by relation, or whole questions a : b :: c : d, or both.

    From `pairs` every ordered couple of pairs of one category is asked, but for those whose answer is one of their own
    words. `analogies` are asked as written. The vocabulary, in which the answer is looked for, is every word of every
    table. A category that is not given is called "all". Questions with the same c and d are one group.

    Judged are the questions (`AnalogyRanks`), the relations (`Offsets`), each made of the distinct pairs that its
    questions are made of, and how each pair agrees with the others of its relation (`PairDirections`).
    """

    words: Sequence[str]
    questions: Questions
    relations: Sequence[Relation]
    unasked: int

    kind: ClassVar[str] = "analogy"
    version: ClassVar[int] = 1
    tables: ClassVar[Mapping[str, TableShape]] = {
        "pairs": TableShape({**_PAIR, **_CATEGORY}, required=False),
        "analogies": TableShape({**_PAIR, "c": Column("text"), "d": Column("text"), **_CATEGORY}, required=False),
        "vocabulary": TableShape({"text": Column("text")}, required=False),
    }
    parameters: ClassVar[Mapping[str, Any]] = {}
    yields: ClassVar[tuple[type[Any], ...]] = (AnalogyRanks, Offsets, PairDirections)

    @classmethod
    def read(cls, tables: Mapping[str, Table], parameters: Mapping[str, Any], depth: int, faults: Faults) -> Self:
        """See `Task.read`.

        Faults: neither pairs nor analogies, a pair or a question given twice, a word with two answers or with itself
        as the answer, an answer that is among the words of its question, a relation of one pair or of too many.
        """
        del parameters, depth
        if not tables.keys() & {"pairs", "analogies"}:
            faults.add("suite.yaml", 0, "tables", "missing table: an analogy suite needs pairs or analogies, or both")
        paired = _paired(tables["pairs"], faults) if "pairs" in tables else {}
        asked = _asked(tables["analogies"], faults) if "analogies" in tables else []
        further = tables["vocabulary"].columns["text"] if "vocabulary" in tables else []
        derived = [
            (category, *one, *other)
            for category, pairs in paired.items()
            for one in pairs
            for other in pairs
            if one != other
        ]
        kept = [question for question in derived if question[4] not in question[1:4]]
        every = list(dict.fromkeys(kept + asked))
        words = sorted({word for question in derived + asked for word in question[1:]}.union(further))
        place = {word: position for position, word in enumerate(words)}
        return cls(
            words=words,
            questions=_questions(every, place),
            relations=_relations(derived + asked, place),
            unasked=len(derived) - len(kept),
        )

    def texts(self) -> Mapping[str, Texts]:
        """Every distinct word, once."""
        return {"words": Texts(self.words, "either")}

    def judge(
        self, vectors: Mapping[str, Vectors], similarity: Similarity = COSINE
    ) -> tuple[AnalogyRanks, Offsets, PairDirections]:
        """All three; by cosine whatever `similarity` is, because analogies are defined by it."""
        del similarity
        words = vectors["words"]
        return solve(self.questions, unit(words)), self._offsets(words), self._directions(words)

    def findings(self, judged: Mapping[type[Any], Any], random: np.random.Generator) -> tuple[Finding, ...]:
        """Per category the accuracy with and without the inputs and what PCS says; pairs that go another way."""
        del random
        ranks, directions = judged[AnalogyRanks], judged[PairDirections]
        found = [
            *_by_category(ranks, analogy_accuracy(1), "3CosAdd, inputs excluded"),
            *_by_category(ranks, honest_accuracy(1), "3CosAdd, inputs may be answers"),
            *_consistencies(judged[Offsets]),
        ]
        for row in np.argsort(directions.direction, kind="stable")[:BROKEN]:
            note = "cosine of this pair's offset with the mean offset of the others of its relation; among the lowest"
            found.append(Finding("broken_pairs", float(directions.direction[row]), note, directions.ids[row]))
        if self.unasked:
            note = "questions made from pairs whose answer is one of their own words are not asked"
            found.append(Finding("unasked_questions", float(self.unasked), note))
        return tuple(found)

    def answers(self, judged: Mapping[type[Any], Any]) -> Mapping[str, str]:
        """The word that 3CosAdd puts first, the inputs left out."""
        ranks: AnalogyRanks = judged[AnalogyRanks]
        return {name: self.words[place] for name, place in zip(ranks.ids, ranks.found.tolist(), strict=True)}

    def item_lines(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Questions as a : b = c : ?, pairs as a : b."""
        asked = ([self.words[place] for place in column.tolist()] for column in self.questions.inputs.T)
        texts = [f"{a} : {b} = {c} : ?" for a, b, c in zip(*asked, strict=True)]
        pairs = list(self._named_pairs())
        of_pairs = lines(ids, [_name(*pair) for pair in pairs], [f"{a} : {b}" for _, a, b in pairs])
        return of_pairs | lines(ids, self.questions.ids, texts)

    def answer_lines(self, answers: Iterable[str]) -> Mapping[str, str]:
        """The words themselves."""
        return themselves(answers)

    def _offsets(self, words: Vectors) -> Offsets:
        rows = [self._measured(relation, words) for relation in self.relations]
        concentration, consistency, length, chance = np.array(rows, np.float64).reshape(-1, 4).T
        names = [relation.category for relation in self.relations]
        pairs = np.array([len(relation.first) for relation in self.relations], np.intp)
        return Offsets(names, names, concentration, consistency, length, pairs, chance)

    def _measured(self, relation: Relation, words: Vectors) -> tuple[float, float, float, float]:
        shift = _shift(relation, words)
        # Seeded by the words, so that every embedder meets the same wrong pairings.
        texts = [self.words[place] for place in (*relation.first, *relation.second)]
        wrong = offsets.shuffles(relation.second, generator("pcs", relation.category, *texts))
        return (
            offsets.concentration(shift),
            offsets.consistency(words[relation.first], words[relation.second], wrong),
            offsets.evenness(shift),
            offsets.concentration(offsets.unrelated(relation.first, relation.second)),
        )

    def _directions(self, words: Vectors) -> PairDirections:
        pairs = list(self._named_pairs())
        direction = [offsets.directions(_shift(relation, words)) for relation in self.relations]
        chance = [offsets.directions(offsets.unrelated(relation.first, relation.second)) for relation in self.relations]
        ids, groups = [_name(*pair) for pair in pairs], [category for category, _, _ in pairs]
        return PairDirections(ids, groups, _joined(direction), _joined(chance))

    def _named_pairs(self) -> Iterator[tuple[str, str, str]]:
        """Category, a and b of every pair."""
        for relation in self.relations:
            for a, b in zip(relation.first.tolist(), relation.second.tolist(), strict=True):
                yield relation.category, self.words[a], self.words[b]


def _paired(table: Table, faults: Faults) -> dict[str, list[tuple[str, str]]]:
    """category → its pairs."""
    first: dict[tuple[str, str], tuple[str, int]] = {}
    paired: dict[str, list[tuple[str, str]]] = {}
    rows = zip(table.column("category", "all"), table.columns["a"], table.columns["b"], table.lines, strict=True)
    for category, a, b, line in rows:
        known, where = first.setdefault((category, a), (b, line))
        if a == b:
            faults.add(table.file, line, "b", "same word: b is a")
        elif where == line:
            paired.setdefault(category, []).append((a, b))
        elif known == b:
            faults.add(table.file, line, "a", f"pair given twice: it stands in line {where} already")
        else:
            message = f"two answers: line {where} gives this word another b; write such questions as analogies"
            faults.add(table.file, line, "a", message)
    for category, pairs in paired.items():
        if not 1 < len(pairs) <= MOST_PAIRS:
            message = f"size of a relation: {category!r} has {len(pairs)}, but needs 2 to {MOST_PAIRS} pairs"
            faults.add(table.file, 0, "category", message)
    return paired


def _asked(table: Table, faults: Faults) -> list[tuple[str, ...]]:
    """category, a, b, c, d of every question as written."""
    asked: dict[tuple[str, ...], int] = {}
    columns = (table.column("category", "all"), *(table.columns[name] for name in "abcd"))
    for *words, line in zip(*columns, table.lines, strict=True):
        _, a, b, c, d = question = tuple(words)
        where = asked.setdefault(question, line)
        if where != line:
            faults.add(table.file, line, "", f"question given twice: it stands in line {where} already")
        if d in (a, b, c):
            faults.add(table.file, line, "d", "answer given away: d is a, b or c")
        elif a in (b, c):
            faults.add(table.file, line, "a", "same word: a is b or c, so that b − a + c is no question")
    return list(asked)


def _questions(every: Sequence[tuple[str, ...]], place: Mapping[str, int]) -> Questions:
    positions = np.array([[place[word] for word in words] for _, *words in every], np.intp).reshape(-1, 4)
    return Questions(
        ids=[_name(*question) for question in every],
        groups=[_name(*question[3:]) for question in every],
        categories=[question[0] for question in every],
        inputs=positions[:, :3],
        right=positions[:, 3],
    )


def _relations(every: Sequence[tuple[str, ...]], place: Mapping[str, int]) -> list[Relation]:
    """By category, in the order in which they are first met, the pairs (a, b) and (c, d) of its questions."""
    pairs: dict[str, dict[tuple[int, int], None]] = {}
    for category, a, b, c, d in every:
        known = pairs.setdefault(category, {})
        known[place[a], place[b]] = None
        known[place[c], place[d]] = None
    return [Relation(category, *np.array(list(known), np.intp).T) for category, known in pairs.items()]


def _shift(relation: Relation, words: Vectors) -> Floats:
    """b − a, n × d."""
    return offsets.difference(words[relation.first], words[relation.second])


def _joined(parts: Sequence[Floats]) -> Floats:
    return np.concatenate([np.empty(0), *parts])


def _name(*parts: str) -> str:
    """One text for several, none like that of others: slashes stand between them."""
    return "/".join(_short(part).replace("\\", "\\\\").replace("/", "\\/") for part in parts)


def _short(text: str) -> str:
    if len(text) <= _SHOWN and text.isprintable():
        return text
    digest = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    return f"{' '.join(text.split())[:_SHOWN]}…{digest}"


def _by_category(ranks: AnalogyRanks, metric: Metric[AnalogyRanks], note: str) -> Iterator[Finding]:
    categories = np.array(ranks.categories, dtype=object)
    for category in dict.fromkeys(ranks.categories):
        value = metric.score(ranks.take(np.flatnonzero(categories == category)))
        yield Finding(f"relation_{metric.name}", value, note, category)


def _consistencies(relations: Offsets) -> Iterator[Finding]:
    for name, value, pairs in zip(relations.ids, relations.consistency, relations.pairs, strict=True):
        if np.isnan(value):
            yield Finding("relation_direction", None, "n/a: more than half of its pairs have the same b", name)
            continue
        word = "absent" if value < 0.6 else "weak" if value <= 0.8 else "usable"  # noqa: PLR2004 # told in the note
        few = f"; only {pairs} pairs, {ENOUGH_PAIRS} are wanted" if pairs < ENOUGH_PAIRS else ""
        note = f"PCS, {word} (absent below 0.6, usable above 0.8: proposed here, not universal){few}"
        yield Finding("relation_direction", float(value), note, name)
