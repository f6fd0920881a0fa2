"""What each kind says was put first, and how it shows items and answers: by hand."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

from harness import plugins
from harness.metrics.analogy import AnalogyRanks
from harness.metrics.classified import LinearProbe
from harness.metrics.ranking import Ranked
from harness.model import Answering, Image, Legible, Ranking
from harness.tasks.analogy import Analogy
from harness.tasks.bitext import Bitext
from harness.tasks.classification import Classification
from harness.tasks.clustering import Clustering
from harness.tasks.composition import Composition
from harness.tasks.pairs import Pairs
from harness.tasks.process import Process
from harness.tasks.reranking import Reranking
from harness.tasks.retrieval import Retrieval
from harness.tasks.similarity import Similarity
from harness.tasks.triplets import Triplets

if TYPE_CHECKING:
    from collections.abc import Sequence

Build: TypeAlias = Callable[..., Any]
Judge: TypeAlias = Callable[..., dict[type[Any], Any]]


def rows(text: str) -> list[dict[str, str]]:
    """A table as people write it: columns between bars, the first line names them."""
    return list(csv.DictReader(text.strip().splitlines(), delimiter="|"))


def turned(degrees: float) -> Sequence[float]:
    """A vector of length 1 at this angle."""
    return [float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))]


def at(**angles: float) -> dict[str, Sequence[float]]:
    """Texts → vectors at these angles."""
    return {text: turned(angle) for text, angle in angles.items()}


DOCUMENTS = {"corpus": rows("_id|title|text\nd1||近的\nd2|题目|中间\nd3||远的")}
DOCUMENTS["corpus"][1]["text"] = "中\n间"
QUERIES = {"queries": rows("_id|text\nq1|问\nq2|答"), "qrels": rows("query-id|corpus-id\nq1|d2\nq2|d3")}
SCALE = at(近的=0, 远的=90, 问=10, 答=80) | {"题目 中\n间": turned(45)}


@pytest.mark.parametrize("name", plugins.names("tasks"))
def test_every_kind_can_be_read(name: str) -> None:
    """There is no kind whose items could not be shown."""
    kind = plugins.find("tasks", name)
    assert isinstance(kind, type)
    assert issubclass(kind, Legible)


def test_retrieval_puts_a_document_first(build: Build, judge: Judge) -> None:
    """问 at 10° is nearest to 0°, 答 at 80° to 90°; a document is its title and its text, on one line."""
    task = build(Retrieval, {**DOCUMENTS, **QUERIES})
    assert task.answers(judge(task, SCALE)) == {"q1": "d1", "q2": "d3"}
    assert task.item_lines({"q2", "unknown"}) == {"q2": "答"}
    assert task.answer_lines(["d2", "d9"]) == {"d2": "题目 中 间"}


def test_a_document_that_is_taken_out_is_not_first(build: Build, judge: Judge) -> None:
    """The document with the query's own id does not compete: the next one stands first."""
    tables = {**DOCUMENTS, "queries": rows("_id|text\nd1|问"), "qrels": rows("query-id|corpus-id\nd1|d3")}
    task = build(Retrieval, tables)
    assert task.answers(judge(task, SCALE)) == {"d1": "d2"}


def test_a_query_without_answer_has_none(build: Build) -> None:
    """A ranker that knows nothing of a query puts nothing first; one that ranks nothing at all neither."""
    task = build(Retrieval, {**DOCUMENTS, **QUERIES})
    ranking = Ranking(np.array([[-1, -1], [2, 0]]), np.array([[-np.inf, -np.inf], [1, 0]], np.float32))
    (judged,) = task.judge_ranking(ranking)
    assert task.answers({Ranked: judged}) == {"q2": "d1"}
    (judged,) = task.judge_ranking(Ranking(np.empty((2, 0), np.intp), np.empty((2, 0), np.float32)))
    assert task.answers({Ranked: judged}) == {}


def test_what_was_first_stays_with_its_query(build: Build, judge: Judge) -> None:
    """Taking queries takes what was put first for them."""
    judged = judge(build(Retrieval, {**DOCUMENTS, **QUERIES}), SCALE)[Ranked]
    assert judged.take(np.array([1, 1, 0])).first.tolist() == judged.first[[1, 1, 0]].tolist()


def test_reranking_puts_a_candidate_first(build: Build, judge: Judge) -> None:
    """d1 is nearest to 问 and no candidate; documents that nobody ranks are unknown."""
    task = build(Reranking, {**DOCUMENTS, **QUERIES, "candidates": rows("query-id|corpus-id\nq1|d3\nq1|d2\nq2|d3")})
    assert task.answers(judge(task, SCALE)) == {"q1": "d2", "q2": "d3"}
    assert task.item_lines(["q1"]) == {"q1": "问"}
    assert task.answer_lines(["d1", "d2"]) == {"d2": "题目 中 间"}


def test_composition_puts_a_document_first(build: Build, judge: Judge) -> None:
    """问 − 答 points away from 答: 近的 is nearest. A query is its terms with their weights."""
    terms: list[dict[str, Any]] = [
        {"query-id": "q", "weight": 1.0, "text": "问"},
        {"query-id": "q", "weight": -0.5, "text": "答"},
    ]
    task = build(Composition, {"terms": terms, **DOCUMENTS, "qrels": rows("query-id|corpus-id\nq|d1")})
    assert task.answers(judge(task, SCALE)) == {"q": "d1"}
    assert task.item_lines(["q"]) == {"q": "+1 问 -0.5 答"}
    assert task.answer_lines(["d3"]) == {"d3": "远的"}


def test_process_puts_a_step_first(build: Build, judge: Judge) -> None:
    """Of 下单 → 付款 → 发货 every step finds 付款, which lies between; 付款 itself finds 下单."""
    edges = rows("process|source|target\n网/店|下单|付款\n网/店|付款|发货\n退货|付款|退款")
    near = rows("process|source|target|judgement\n网/店|下单|付款|near")
    task = build(Process, {"edges": edges, "judgements": near})
    answers = task.answers(judge(task, at(下单=0, 付款=20, 发货=50, 退款=170)))
    assert answers == {"网//店/下单": "付款", "网//店/付款": "下单", "退货/付款": "下单"}
    assert task.item_lines(["网//店/付款", "退货/退款", "网//店/下单 near 付款", "退货"]) == {
        "网//店/付款": "付款 → 发货 | 退款",
        "退货/退款": "退款",
        "网//店/下单 near 付款": "下单 near 付款",
    }
    assert task.answer_lines(["发货"]) == {"发货": "发货"}


def test_bitext_finds_a_pair(build: Build, judge: Judge) -> None:
    """绿 finds blue: the first pair with that sentence stands for it."""
    table = rows("id|sentence1|sentence2\nr|红|red\ng|绿|green\nb|蓝|blue\nc|青|blue")
    task = build(Bitext, {"pairs": table})
    angles = at(红=0, red=5, 绿=40, green=20, 蓝=60, blue=50, 青=62)
    assert task.answers(judge(task, angles)) == {"r": "r", "g": "b", "b": "b", "c": "b"}
    assert task.item_lines(["c"]) == {"c": "青 ⟷ blue"}
    assert task.answer_lines(["b", "g"]) == {"b": "blue", "g": "green"}


def test_analogy_finds_a_word(build: Build, judge: Judge) -> None:
    """巴黎 − 法国 + 日本 is 东京 exactly; when 大阪 lies there too, the tie is lost and 大阪 is found."""
    axes = {"法国": [1.0, 0, 0], "巴黎": [1.0, 0, 1], "日本": [0.0, 1, 0], "东京": [0.0, 1, 1], "大阪": [1.0, 0.2, 0]}
    pairs, vocabulary = rows("a|b\n法国|巴黎\n日本|东京"), rows("text\n大阪")
    task = build(Analogy, {"pairs": pairs, "vocabulary": vocabulary})
    there, back = "all/法国/巴黎/日本/东京", "all/日本/东京/法国/巴黎"
    assert task.answers(judge(task, axes)) == {there: "东京", back: "巴黎"}
    assert task.answers(judge(task, axes | {"大阪": axes["东京"]})) == {there: "大阪", back: "巴黎"}
    assert task.item_lines([there, "all/日本/东京", "all"]) == {
        there: "法国 : 巴黎 = 日本 : ?",
        "all/日本/东京": "日本 : 东京",
    }
    assert task.answer_lines(["两\n行"]) == {"两\n行": "两 行"}


def test_a_word_is_found_where_the_score_says_so(build: Build, judge: Judge) -> None:
    """The found word is the right one exactly where the accuracy counts it, over random vectors with ties."""
    pairs = [{"a": f"a{number}", "b": f"b{number}"} for number in range(8)]
    task = build(Analogy, {"pairs": pairs})
    random = np.random.default_rng(0)
    judged = judge(task, {word: random.integers(-1, 2, 3) + 0.1 for word in task.words})
    answers = task.answers(judged)
    ranks: AnalogyRanks = judged[AnalogyRanks]
    for name, rank, inputs, right in zip(
        ranks.ids, ranks.added.tolist(), task.questions.inputs.tolist(), task.questions.right.tolist(), strict=True
    ):
        assert (answers[name] == task.words[right]) == (rank == 0)
        assert answers[name] not in {task.words[place] for place in inputs}


def test_classification_says_a_class(build: Build, judge: Judge) -> None:
    """不坏 lies with the bad ones."""
    train = rows("text|label\n好|褒\n很好|褒\n坏|贬\n很坏|贬")
    test = rows("id|text|label\n1|真好|褒\n2|真坏|贬\n3|不坏|褒")
    task = build(Classification, {"train": train, "test": test})
    assert task.answers(judge(task, at(好=0, 很好=5, 坏=90, 很坏=85, 真好=10, 真坏=80, 不坏=75))) == {
        "1": "褒",
        "2": "贬",
        "3": "贬",
    }
    assert task.item_lines(["3", "4"]) == {"3": "不坏"}
    assert task.answer_lines(["褒"]) == {"褒": "褒"}


def test_the_class_said_most_often_counts(build: Build) -> None:
    """Under three assignments 乙, 乙, 甲 is 乙; of 甲, 乙, 丙 the first in the order of classes."""
    texts = rows("text|label\n一|甲\n二|甲\n三|乙\n四|乙\n五|丙\n六|丙")
    task = build(Classification, {"test": texts}, folds=2)
    predicted = np.array([[1, 1, 0], [2, 1, 0]])
    judged = LinearProbe(["x", "y"], ["x", "y"], ["甲", "乙", "丙"], np.array([0, 0]), predicted, np.ones(2))
    assert task.answers({LinearProbe: judged}) == {"x": "乙", "y": "甲"}


@pytest.mark.parametrize(
    ("kind", "table", "shown"),
    [
        (Similarity, "id|sentence1|sentence2|score\na|早  上|晚上|1\nb|x|y|2", "早 上 ⟷ 晚上"),
        (Pairs, "id|sentence1|sentence2|label\na|早上|晚上|1\nb|x|y|0", "早上 ⟷ 晚上"),
        (Triplets, "id|anchor|positive|negative\na|早|晨|夜\nb|x|y|z", "早 · + 晨 · − 夜"),
        (Clustering, "id|text|label\na|早上|甲\nb|x|甲\nc|y|乙", "早上"),
    ],
)
def test_kinds_that_put_nothing_first(build: Build, kind: type[Any], table: str, shown: str) -> None:
    """Their items are lines, and they know no answers."""
    given = [{name: float(cell) if name == "score" else cell for name, cell in row.items()} for row in rows(table)]
    task = build(kind, {next(iter(kind.tables)): given})
    assert not isinstance(task, Answering)
    assert task.item_lines({"a", "z"}) == {"a": shown}
    assert task.answer_lines(["a"]) == {}


def test_a_picture_is_shown_by_its_name(build: Build) -> None:
    """Its digest says nothing to people."""
    image = Image(Path("pictures") / "猫.png", b"bytes")
    corpus = [{"_id": "d1", "text": "", "image": image}, {"_id": "d2", "text": "狗", "image": None}]
    queries = {"queries": rows("_id|text\nq1|猫"), "qrels": rows("query-id|corpus-id\nq1|d1")}
    assert build(Retrieval, {"corpus": corpus, **queries}).answer_lines(["d1"]) == {"d1": "picture 猫.png"}
