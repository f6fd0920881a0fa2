"""What mteb has, chosen and shown; no mteb is needed for that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.errors import UsageError
from harness.workflows.mteb_listing import BENCHMARKS, BRIEF, COLUMNS, Found, Wanted, benchmarks, tasks
from tests.mteb_registry import REGISTRY, entry, install


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight tasks, two benchmarks."""
    install(monkeypatch)


def names(found: Found) -> list[str]:
    """Of the tasks."""
    return [entry.name for entry in found.tasks]


def test_all_that_can_be_used_is_listed_by_name() -> None:
    """What newer tasks replace and what is private only where it is asked for."""
    assert names(tasks(Wanted())) == ["Facts", "Looks", "Many", "Sums", "Wen", "Yu"]
    assert names(tasks(Wanted(every=True))) == ["Facts", "Looks", "Many", "Old", "Secret", "Sums", "Wen", "Yu"]
    assert tasks(Wanted(every=True)).left_out == 0
    assert tasks(Wanted(words="old")).remarks() == [
        "0 tasks of mteb 9.9.9",
        "1 more with --all: those that newer ones replace, private and unfinished ones",
    ]


@pytest.mark.parametrize("written", ["zh", "zho", "cmn", "ZHO"])
def test_chinese_is_found_under_both_of_its_codes(written: str) -> None:
    """And it is said: half of it is missing under either code."""
    found = tasks(Wanted(languages=[written]))
    assert names(found) == ["Many", "Wen", "Yu"]
    assert "Chinese is zho in some of mteb's tasks and cmn in others: both are listed" in found.remarks()
    assert not any("Chinese" in remark for remark in tasks(Wanted(languages=["en"])).remarks())


def test_a_script_narrows_a_language() -> None:
    """zho-Hans is no Hant; in a script of which there is one code only, that one is found."""
    assert names(tasks(Wanted(languages=["zho-Hans"], every=True))) == ["Many", "Wen", "Yu"]
    assert names(tasks(Wanted(languages=["zh-hant"], every=True))) == ["Old"]
    assert names(tasks(Wanted(languages=["deu", "zh-hant"], every=True))) == ["Many", "Old"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(types=["retrieval"]), ["Facts", "Many", "Wen"]),
        (Wanted(types=["STS", "Summarization"]), ["Sums", "Yu"]),
        (Wanted(domains=["legal", "Medical"]), ["Facts", "Wen"]),
        (Wanted(modalities=["image"]), []),
        (Wanted(modalities=["image", "text"], types=["Classification"]), ["Looks"]),
        (Wanted(modalities=["text"], types=["Classification"]), []),
        (Wanted(words="MEDICAL fact"), ["Facts"]),
        (Wanted(words="o/wen"), ["Wen"]),
        (Wanted(words="medical wen"), []),
    ],
)
def test_each_condition_narrows_the_list(wanted: Wanted, expected: list[str]) -> None:
    """Several of one sort widen it again, but for words, which must all occur; a modality is all that is needed."""
    assert names(tasks(wanted)) == expected


def test_a_benchmark_lists_its_tasks_as_it_takes_them() -> None:
    """With its subsets and splits, those included that newer ones replace."""
    found = tasks(Wanted(benchmark="bench(ZH, v1)"))
    assert names(found) == ["Many", "Old", "Wen"]
    many = dict(zip(COLUMNS, found.rows()[0], strict=True))
    assert (many["subsets"], many["splits"], many["languages"]) == ("zh", "dev", "zho-Hans")
    assert found.remarks()[-1] == 'to run all of the benchmark: harness run -s "mteb:Bench(zh, v1)" -e …'
    assert names(tasks(Wanted(benchmark="old bench"))) == ["Many", "Old", "Wen"]


def test_a_row_says_who_judges() -> None:
    """One of our kinds where a task is of texts alone, else mteb."""
    found = {str(row[0]): dict(zip(COLUMNS, row, strict=True)) for row in tasks(Wanted()).rows()}
    assert found["Facts"] == {
        "task": "Facts",
        "type": "Retrieval",
        "languages": "eng-Latn",
        "domains": "Medical, Academic",
        "modalities": "text",
        "subsets": "default",
        "splits": "test",
        "main_score": "ndcg_at_10",
        "judged_by": "ours: retrieval",
        "licence": "mit",
        "superseded_by": "",
    }
    assert found["Sums"]["judged_by"] == found["Looks"]["judged_by"] == "mteb"


def test_a_cell_for_people_is_short_and_shows_what_was_asked_for() -> None:
    """The language that was asked for comes first, and of the subsets only those that are in it."""
    many = {str(row[0]): dict(zip(BRIEF, row, strict=True)) for row in tasks(Wanted(languages=["zh"])).brief()}["Many"]
    assert (many["languages"], many["subsets"], many["judged"]) == ("zho, deu +1", "zh, zh-en", "as retrieval")
    rows = {str(row[0]): row for row in tasks(Wanted(every=True)).brief()}
    assert rows["Many"][BRIEF.index("subsets")] == "de, en +2"
    assert "Old → Yu" in rows
    assert rows["Sums"][BRIEF.index("judged")] == "by mteb"


def test_the_example_can_be_run() -> None:
    """A task without subsets where there is one; else with a subset in the language that was asked for."""
    assert tasks(Wanted(every=True)).remarks() == [
        "8 tasks of mteb 9.9.9",
        "to run one: harness run -s mteb:Facts -e …",
    ]
    only = tasks(Wanted(languages=["deu"])).remarks()
    assert only[-1] == 'to run one: harness run -s "mteb:Many?subset=de" -e …'
    assert tasks(Wanted(words="nothing")).remarks() == ["0 tasks of mteb 9.9.9"]
    assert tasks(Wanted(words="nothing", languages=["zh"])).remarks() == ["0 tasks of mteb 9.9.9"]
    assert tasks(Wanted(words="nothing", benchmark="Bench(en, v1)")).remarks() == ["0 tasks of mteb 9.9.9"]
    assert tasks(Wanted(words="sums")).remarks()[0] == "1 task of mteb 9.9.9"


def test_a_long_list_says_how_it_gets_shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    """mteb has 1,571 tasks; on a terminal the last lines are what is seen of them."""
    many = {f"Task{number}": entry(f"Task{number}", "STS", "eng-Latn") for number in range(101)}
    install(monkeypatch, replace(REGISTRY, tasks=many))
    assert tasks(Wanted()).remarks()[:2] == [
        "101 tasks of mteb 9.9.9",
        "fewer: --language, --type, --domain, --modality, --benchmark, --search",
    ]
    assert not any("fewer" in remark for remark in tasks(Wanted(words="task1")).remarks())


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Wanted(languages=["zhn"]), "no task in the language 'zhn'. Did you mean 'zh'"),
        (Wanted(languages=["deu-Latin"]), "no task in the language 'deu-Latin'. Did you mean 'deu-Latn'"),
        (Wanted(types=["Retrival"]), "no type 'Retrival'. Did you mean 'Retrieval'.*Known: Classification, Clust"),
        (Wanted(domains=["Law"]), "no domain 'Law'. .*Known: Academic, Legal, Medical, Web"),
        (Wanted(modalities=["texts"]), "no modality 'texts'. Did you mean 'text'"),
        (
            Wanted(benchmark="Bench(zh)"),
            r"no benchmark 'Bench\(zh\)'. Did you mean 'Bench\(zh, v1\)'.*--benchmarks` lists",
        ),
    ],
)
def test_what_mteb_does_not_have_is_refused(wanted: Wanted, message: str) -> None:
    """With what is nearest to it."""
    with pytest.raises(UsageError, match=message):
        tasks(wanted)


def test_benchmarks_are_listed_with_their_size() -> None:
    """Tasks and languages of what they take, not of what the tasks have."""
    assert len(BENCHMARKS) == 3
    assert benchmarks(Wanted()) == [["Bench(en, v1)", 1, 1], ["Bench(zh, v1)", 3, 2]]
    assert benchmarks(Wanted(words="ZH bench")) == [["Bench(zh, v1)", 3, 2]]
    assert benchmarks(Wanted(words="old")) == [["Bench(zh, v1)", 3, 2]]
