"""Scored pairs and questions of four words, in the layouts that they are published in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

FIRST = {"sentence1": "a b", "sentence2": "c", "score": "5.0"}
BENCHMARK = "main\tMSRvid\t2012test\t1\t5.0\ta b\tc\tlicence\nmain\tMSRvid\t2012test\t4\t0.25\td\te\n"


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("sentence1\tsentence2\tscore\na b\tc\t5.0\nd\te\t0.25\n", {}),
        ("word1\tword2\tscore\na b\tc\t5.0\nd\te\t0.25\n", {}),
        (
            "pair_ID\tsentence_A\tsentence_B\trelatedness_score\n1\ta b\tc\t5.0\n2\td\te\t0.25\n",
            {},
        ),
        ("句子1\t句子2\t分数\na b\tc\t5.0\nd\te\t0.25\n", {}),
        (BENCHMARK, {}),
        ("a b\tc\t5.0\nd\te\t0.25\n", {}),
        ("5.0\tx\ta b\tc\n0.25\tx\td\te\n", {"map": ("sentence1=3", "sentence2=4", "score=1")}),
        ("g\tl\tr\n5.0\ta b\tc\n0.25\td\te\n", {"map": ("sentence1=l", "sentence2=r", "score=g")}),
    ],
)
def test_layouts_of_scored_pairs(write: Any, bring: Any, content: str, options: Any) -> None:
    """With a header, without one, STSbenchmark's own, by number."""
    done = bring("sts", write("s.tsv", content), **options)
    assert done.rows("pairs")[0] == FIRST
    assert done.imported.rows == {"pairs": 2}


def test_scores_that_are_labels(write: Any, bring: Any) -> None:
    """Zeros and ones alone may be meant so; they are also scores."""
    done = bring("sts", write("s.tsv", "a\tb\t1\nc\td\t0\ne\tf\t1\n"))
    assert done.imported.notes == (
        "every score is 0 or 1: if they say whether a pair matches, import tsv … --kind pairs",
    )


def test_text_in_another_encoding(write: Any, bring: Any) -> None:
    """--encoding says which."""
    done = bring("sts", write("s.tsv", "借阅\t归还\t1\na\tb\t2\n".encode("gbk")), encoding="gb18030")
    assert done.rows("pairs")[0]["sentence1"] == "借阅"


def test_sentences_and_scores_in_two_files(write: Any, bring: Any) -> None:
    """STS12 to STS16; what nobody judged is left out, and counted."""
    write("sts/STS.gs.news.txt", "5.0\n\n0.25\n")
    folder = write("sts/STS.input.news.txt", "a b\tc\tfrom\nx\ty\nd\te\n").parent
    done = bring("sts", folder)
    assert done.rows("pairs") == [FIRST, {"sentence1": "d", "sentence2": "e", "score": "0.25"}]
    assert done.imported.notes == ("1 pairs of STS.input.news.txt left out: they have no score",)


def test_one_file_of_sentences_finds_its_scores(write: Any, bring: Any) -> None:
    """They lie beside it."""
    write("STS.gs.a.txt", "5.0\n1\n")
    assert bring("sts", write("STS.input.a.txt", "a b\tc\nd\te\n")).rows("pairs")[0] == FIRST


@pytest.mark.parametrize(
    ("content", "options", "fault"),
    [
        ("", {}, "s.tsv: no rows"),
        ("a\tb\n", {}, "s.tsv:1: no layout of scored pairs that is known: 2 cells; say which are meant"),
        ("a||b||5\n", {}, "s.tsv:1: no layout of scored pairs that is known: 1 cells; write tabs in place of ||"),
        ("sentence1,sentence2,score\n", {}, "s.tsv:1: no layout of scored pairs that is known: 1 cells; its cells are"),
        ('{"score": 1}\n', {}, "s.tsv:1: no layout of scored pairs that is known: 1 cells; it holds objects: harness"),
        ("a\tb\n", {"map": ("sentence1=1", "sentence2=2", "score=9")}, "s.tsv:1: no such columns: 2 cells"),
        (BENCHMARK + "x\n", {}, "s.tsv:3: wrong number of cells: 1; see --map"),
        (BENCHMARK + "x\tx\tx\tx\thigh\ta\tb\n", {}, "s.tsv:3 [score]: not a number: 'high'"),
        ("a", {"map": ("scores=1",)}, "--map scores: pairs have sentence1, sentence2, score. Did you mean 'score'?"),
    ],
)
def test_faults_of_scored_pairs(write: Any, refused: Any, content: str, options: Any, fault: str) -> None:
    """Each with the line that it is in."""
    lines = refused("sts", write("s.tsv", content), **options)
    assert any(line.startswith(fault) for line in lines), lines


def test_sentences_and_scores_that_do_not_match(write: Any, refused: Any) -> None:
    """Scores without sentences, sentences without a file of scores, no sentences at all."""
    folder = write("sts/STS.input.a.txt", "a\tb\nc\n").parent
    assert "there is no sts/STS.gs.a.txt" in refused("sts", folder)[0]
    write("sts/STS.gs.a.txt", "1\n2\n3\n")
    assert refused("sts", folder)[1:] == [
        "sts/STS.input.a.txt:2: wrong number of cells: two sentences with a tab between them",
        "sts/STS.gs.a.txt:3: more scores than pairs: sts/STS.input.a.txt has 2 lines",
    ]
    (folder / "STS.input.a.txt").unlink()
    assert "holds no STS.input.*.txt" in refused("sts", folder)[0]


QUESTIONS = """: capital-common
Athens Greece Baghdad Iraq
Athens Greece Baghdad Iraq

: 货币
丹麦 克朗 瑞典 克朗
丹麦 克朗 日本 日元
New York\tUnited States\tSao Paulo\tBrazil
"""


def test_questions_of_four_words(write: Any, bring: Any) -> None:
    """Categories, words with blanks between tabs; what cannot be asked is left out, and counted."""
    done = bring("analogies", write("q.txt", QUESTIONS))
    assert [tuple(row.values()) for row in done.rows("analogies")] == [
        ("capital-common", "Athens", "Greece", "Baghdad", "Iraq"),
        ("货币", "丹麦", "克朗", "日本", "日元"),
        ("货币", "New York", "United States", "Sao Paulo", "Brazil"),
    ]
    assert done.imported.notes == (
        "1 questions left out: they stand further up",
        "1 questions left out: the answer is one of their own words, or a is b or c",
    )


def test_faults_of_questions(write: Any, refused: Any) -> None:
    """A line that is no question, and a file without one."""
    assert refused("analogies", write("q.txt", ": a\nx y z\n"))[1].startswith("q.txt:2: not a question: 3 words")
    assert refused("analogies", write("q.txt", ": a\n"))[1].startswith("q.txt: no rows")


def test_faulty_lines_are_left_out(write: Any, bring: Any, tmp_path: Path) -> None:
    """With --skip-faulty, and counted."""
    done = bring("analogies", write("q.txt", "x y z\n" + QUESTIONS), skip_faulty=True)
    assert done.imported.notes[-1].startswith("1 left out: not a question, first at ")
    (tmp_path / "mine").rename(tmp_path / "first")
    done = bring("sts", write("s.tsv", BENCHMARK + "x\n"), skip_faulty=True)
    assert done.imported.rows == {"pairs": 2}
    assert done.imported.notes[-1].startswith("1 left out: wrong number of cells, first at ")
