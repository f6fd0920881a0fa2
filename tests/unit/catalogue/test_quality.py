"""What the tables of a suite show about its quality."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.catalogue import Place
from harness.catalogue.quality import notes
from harness.catalogue.suites import open_suite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.diagnostics.notes import Note

Suite = dict[str, str]

RETRIEVAL = "title: t\ntask: retrieval\ntables: {queries: q.tsv, corpus: c.tsv, qrels: r.tsv}\nmetrics: [ndcg@10]\n"


@pytest.fixture
def noted(tmp_path: Path) -> Callable[[Suite], dict[str, Note]]:
    """Writes files, reads them as a suite, and gives its notes by check (the last of each)."""

    def noted(files: Suite) -> dict[str, Note]:
        for name, content in files.items():
            (tmp_path / name).write_text(content, encoding="utf-8", newline="")
        return {note.check: note for note in notes(open_suite(Place("mine", tmp_path)))}

    return noted


def retrieval(queries: list[str], documents: list[str], right: list[tuple[int, int]]) -> Suite:
    """A retrieval suite of these texts, numbered q1, q2, …; d1, d2, …; right: (query, document)."""
    return {
        "suite.yaml": RETRIEVAL,
        "q.tsv": "_id\ttext\n" + "".join(f"q{n}\t{text}\n" for n, text in enumerate(queries, 1)),
        "c.tsv": "_id\ttext\n" + "".join(f"d{n}\t{text}\n" for n, text in enumerate(documents, 1)),
        "r.tsv": "query-id\tcorpus-id\n" + "".join(f"q{query}\td{document}\n" for query, document in right),
    }


def rows(task: str, table: str, header: str, lines: list[str], metric: str) -> Suite:
    """A suite of one table."""
    declared = f"title: t\ntask: {task}\ntables: {{{table}: t.tsv}}\nmetrics: [{metric}]\n"
    return {"suite.yaml": declared, "t.tsv": header + "\n" + "".join(f"{line}\n" for line in lines)}


def test_a_suite_without_flaws_has_no_warnings(noted: Callable[[Suite], dict[str, Note]]) -> None:
    """All that is said of it is how many documents nobody asks for."""
    suite = retrieval(["怎么报销", "cold coffee"], ["费用在系统里提交", "a mug went icy", "else"], [(1, 1), (2, 2)])
    assert {check: note.severity for check, note in noted(suite).items()} == {"distractors": "info"}


def test_duplicates_have_their_lines(noted: Callable[[Suite], dict[str, Note]]) -> None:
    """Width, case and white space do not tell texts apart; both places are named."""
    found = noted(retrieval(["q one", "q two"], ["采购 ＡＢＣ 申请", "other", "采购 abc 申请"], [(1, 2), (2, 1)]))
    note = found["duplicates"]
    assert (note.severity, note.value, note.subject) == ("warning", 1.0, "c.tsv")
    assert note.examples[0].startswith("c.tsv:2 and c.tsv:4: “采购 ＡＢＣ 申请”")


def test_near_duplicates_are_found_in_chinese(noted: Callable[[Suite], dict[str, Note]]) -> None:
    """Two sentences of thirty characters that differ in one."""
    text = "出差回来以后十天之内把所有的发票和行程单贴好交到财务部的窗口"
    found = noted(retrieval(["one", "two"], [text, text.replace("十", "九"), "else"], [(1, 1), (2, 3)]))
    assert found["near-duplicates"].value == 1.0
    assert "duplicates" not in found


def test_a_query_that_is_a_document(noted: Callable[[Suite], dict[str, Note]]) -> None:
    """It stands in both tables, and in its answer."""
    found = noted(retrieval(["reset a password", "two"], ["Reset a password", "other"], [(1, 1), (2, 2)]))
    assert found["shared-texts"].subject == "q.tsv, c.tsv"
    assert (found["answer-verbatim"].value, found["answer-verbatim"].severity) == (0.5, "warning")


def test_documents_that_ask_for_their_like_are_no_leak(noted: Callable[[Suite], dict[str, Note]]) -> None:
    """A text under one id in both tables is one thing, which retrieval takes out of its own ranking."""
    suite = retrieval(["alpha beta", "gamma delta"], ["alpha beta", "gamma delta"], [(1, 2), (2, 1)])
    suite = {**suite, **{name: suite[name].replace("q1", "x1").replace("q2", "x2") for name in ("q.tsv", "r.tsv")}}
    same = {**suite, "c.tsv": suite["c.tsv"].replace("d1", "x1").replace("d2", "x2")}
    same["r.tsv"] = "query-id\tcorpus-id\nx1\tx2\nx2\tx1\n"
    assert "shared-texts" in noted(suite)
    assert "shared-texts" not in noted(same)


def test_the_words_of_the_answer(noted: Callable[[Suite], dict[str, Note]]) -> None:
    """A query whose words all stand in its document, in another order."""
    found = noted(retrieval(["付款 申请", "two"], ["申请之后再付款", "other"], [(1, 1), (2, 2)]))
    assert found["answer-words"].value == 0.5
    assert found["answer-words"].examples == ("q1 in d1: “付款 申请”",)


def test_queries_without_an_answer(noted: Callable[[Suite], dict[str, Note]]) -> None:
    """Judged and never relevant counts 0 for everybody; not judged is left out."""
    suite = retrieval(["one", "two", "three"], ["a", "b"], [(1, 1)])
    suite["r.tsv"] = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td1\t0\n"
    found = noted(suite)
    assert (found["no-answer"].severity, found["no-answer"].examples) == ("warning", ("q2",))
    assert (found["unjudged-queries"].severity, found["unjudged-queries"].examples) == ("info", ("q3",))


def test_relevant_documents_that_are_the_long_ones(noted: Callable[[Suite], dict[str, Note]]) -> None:
    """They also come first in the file: both are told, with the probability that the guess is right."""
    queries = [f"query {n}" for n in range(20)]
    documents = [chr(97 + n) * 50 for n in range(20)] + [chr(97 + n) for n in range(20)]
    found = noted(retrieval(queries, documents, [(n, n) for n in range(1, 21)]))
    assert (found["guess-by-length"].value, found["guess-by-length"].severity) == (1.0, "warning")
    assert "longer" in found["guess-by-length"].text
    assert "earlier" in found["guess-by-position"].text


def test_a_stale_label(noted: Callable[[Suite], dict[str, Note]]) -> None:
    """With its line and ids, all of them; labels without a hash are counted."""
    suite = retrieval(["one", "two"], ["a", "b"], [(1, 1), (2, 2)])
    suite["r.tsv"] = "query-id\tcorpus-id\thash\nq1\td1\t0123456789abcdef\nq2\td2\t\n"
    found = noted(suite)
    assert found["stale-labels"].examples == ("r.tsv:2: q1 → d1",)
    assert found["unstamped-labels"].value == 1.0


def test_long_texts(noted: Callable[[Suite], dict[str, Note]]) -> None:
    """1024 Chinese characters are about 1024 tokens, of which a model that reads 512 sees half."""
    note = noted(retrieval(["one", "two"], ["长" * 1024, "b"], [(1, 1), (2, 2)]))["long-texts"]
    assert (note.subject, note.value) == ("documents", 0.5)


def test_classes(noted: Callable[[Suite], dict[str, Note]]) -> None:
    """Classes of fewer than five are warned of; eleven times the smallest is uneven; a telling word is named."""
    lines = [f"good text {chr(97 + n)} number {n}\tpraise" for n in range(33)]
    lines += [f"awful: {word}\tcomplaint" for word in ("late", "cold", "complaint")]
    found = noted(rows("clustering", "texts", "text\tlabel", lines, "ami"))
    assert (found["small-classes"].severity, found["small-classes"].examples) == ("warning", ("complaint: 3",))
    assert found["uneven-classes"].value == 11.0
    assert found["telling-word"].text.startswith("“awful” alone tells complaint from the rest: accuracy 1.00")
    assert found["label-named"].examples == ("t.tsv:37 [complaint]: “awful: complaint”",)


def test_train_and_test_share_a_text(noted: Callable[[Suite], dict[str, Note]]) -> None:
    """What is judged was learned from."""
    declared = "title: t\ntask: classification\ntables: {test: a.tsv, train: b.tsv}\nmetrics: [accuracy]\n"
    table = "text\tlabel\n红\tx\nblue\ty\n"
    found = noted({"suite.yaml": declared, "a.tsv": table, "b.tsv": table.replace("blue", "green")})
    assert (found["shared-texts"].value, found["shared-texts"].subject) == (1.0, "a.tsv, b.tsv")


def test_pairs_are_compared_row_by_row(noted: Callable[[Suite], dict[str, Note]]) -> None:
    """A pair the other way round is the same pair; a sentence in two pairs is none."""
    lines = ["a cat\ta dog\t1", "a dog\ta cat\t2", "a cat\ta bird\t3"]
    found = noted(rows("similarity", "pairs", "sentence1\tsentence2\tscore", lines, "spearman"))
    assert found["duplicates"].examples[0].startswith("t.tsv:2 and t.tsv:3")
    assert found["duplicates"].value == 1.0


def test_near_duplicates_of_one_group_do_no_harm(noted: Callable[[Suite], dict[str, Note]]) -> None:
    """Who says that two rows come from one source does not take them for two independent ones."""
    text = "the quick brown fox jumps over the lazy dog and runs away from ten hunters"
    lines = [f"{text}\tx\t{{}}", f"{text}!\tx\t{{}}", "other\ty\tg3", "another one\ty\tg4"]
    own = [line.format(group) for line, group in zip(lines, ("g1", "g2", "", ""), strict=True)]
    together = [line.format("g1") for line in lines]
    assert "near-duplicates" in noted(rows("clustering", "texts", "text\tlabel\tgroup", own, "ami"))
    assert "near-duplicates" not in noted(rows("clustering", "texts", "text\tlabel\tgroup", together, "ami"))


def test_analogies_and_processes_look_for_spellings_only(noted: Callable[[Suite], dict[str, Note]]) -> None:
    """A step comes back from edge to edge; written in two ways it is two steps by mistake."""
    lines = ["p\tApprove\tPay", "p\tPay\tFile", "p\tapprove\tFile"]
    found = noted(rows("process", "edges", "process\tsource\ttarget", lines, "mrr@10"))
    assert found["duplicates"].examples == ("t.tsv:2 and t.tsv:4: “Approve”, “approve”",)
    pairs = ["公鸡\t母鸡", "国王\t王后"]
    found = noted(rows("analogy", "pairs", "a\tb", pairs, "analogy_accuracy@1"))
    assert found["answer-looks-alike"].value == 1.0
