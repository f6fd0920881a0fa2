"""harness gate, from results to the exit code."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest

from harness.embedders.threads import POOLS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORDS = ("采购", "审批", "入库", "付款", "invoice", "order", "refund", "contract")


class Gated(NamedTuple):
    """A folder, entered, with a suite called wide, 80 queries over 80 documents, and `spelling` as the baseline."""

    folder: Path
    harness: Callable[..., Any]

    def verdict(self, *arguments: object) -> tuple[int, dict[str, Any]]:
        """The exit code and the JSON of `harness gate`."""
        code, out, err = self.harness("gate", *arguments, "--format", "json")
        assert out, err
        return code, json.loads(out)

    def answers(self, *arguments: object) -> tuple[int, list[str]]:
        """The exit code and what each ruling answers."""
        code, found = self.verdict(*arguments)
        return code, [ruling["answer"] for ruling in found["rulings"]]

    def toml(self, text: str) -> None:
        """Put a gate into harness.toml."""
        (self.folder / "harness.toml").write_text(TOML + text, "utf-8")


TOML = (
    'suites = ["./wide"]\n'
    "[embedders]\n"
    'spelling = "baseline:hashing"\n'
    'random = "baseline:random"\n'
    'again = "baseline:hashing"\n'
    'shorter = "baseline:hashing?dim=512"\n'
)


def write_suite(folder: Path, items: int = 80) -> None:
    """Queries that repeat half of their document."""
    folder.mkdir(exist_ok=True)
    (folder / "suite.yaml").write_text(
        "title: Wide\nlicence: CC0-1.0\ntask: retrieval\n"
        "tables: {queries: queries.jsonl, corpus: corpus.jsonl, qrels: qrels.tsv}\n"
        "metrics: [ndcg@10, recall@1]\n",
        "utf-8",
    )
    numbers = range(items)
    texts = [f"{WORDS[place % 8]} {WORDS[place // 8 % 8]} number {place * 7919 % 1000}" for place in numbers]
    queries = [json.dumps({"_id": f"q{place}", "text": texts[place][3:]}, ensure_ascii=False) for place in numbers]
    corpus = [json.dumps({"_id": f"d{place}", "text": texts[place]}, ensure_ascii=False) for place in numbers]
    (folder / "queries.jsonl").write_text("\n".join(queries) + "\n", "utf-8")
    (folder / "corpus.jsonl").write_text("\n".join(corpus) + "\n", "utf-8")
    qrels = ["query-id\tcorpus-id\tscore", *(f"q{place}\td{place}\t1" for place in numbers)]
    (folder / "qrels.tsv").write_text("\n".join(qrels) + "\n", "utf-8")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of `Gated`, made once: a copy of it is as good, and comes in no time."""
    from harness.cli import main

    folder = tmp_path_factory.mktemp("template")
    write_suite(folder / "wide")
    (folder / "harness.toml").write_text(TOML, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("EMBEDDING_HARNESS_CACHE", str(tmp_path_factory.mktemp("vectors")))
        for pool in POOLS:
            patch.setenv(pool, "1")
        for arguments in (["run", "-e", "spelling"], ["baseline", "save", "main"]):
            with pytest.raises(SystemExit) as left:
                main(arguments)
            assert not left.value.code
    return folder


@pytest.fixture
def gated(template: Path, tmp_path: Path, harness: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Gated:
    """See `Gated`."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return Gated(tmp_path, harness)


QUALITY = '[gate]\nbaseline = "main"\n[[gate.quality]]\nsuite = "./wide"\nmargin = 0.05\n'


def test_the_same_results_pass(gated: Gated) -> None:
    """Without any gate in harness.toml the headlines are gates, and a note says so."""
    code, found = gated.verdict("--baseline", "main")
    (ruling,) = found["rulings"]
    assert (code, ruling["answer"], ruling["words"]) == (0, "pass", "the same embedder, the same scores")
    assert (ruling["suite"], ruling["metric"], ruling["margin"], ruling["role"]) == ("wide", "ndcg@10", 0.02, "primary")
    assert found["baseline"] == "main"
    assert found["age_days"] in {0, 1}, "midnight may lie between"
    assert found["refresh"] == 'harness baseline bless main --reason "…"'
    assert found["notes"][0].startswith("harness.toml has no [[gate.quality]]")


def test_the_same_embedder_under_another_name_passes(gated: Gated) -> None:
    """It stands against the only embedder of the baseline."""
    gated.toml(QUALITY)
    assert gated.harness("run", "-e", "again").code == 0
    assert gated.answers("-e", "again") == (0, ["pass"])


def test_a_worse_embedder_is_a_regression(gated: Gated) -> None:
    """Exit code 1; the items that lost most come with their texts and what was first before and now."""
    gated.toml(QUALITY)
    assert gated.harness("run", "-e", "random").code == 0
    code, found = gated.verdict("-e", "random")
    (ruling,) = found["rulings"]
    assert (code, ruling["answer"], ruling["reference"]) == (1, "regression", "baseline main")
    assert len(ruling["moved"]) == 5
    worst = ruling["moved"][0]
    assert worst["b"] < worst["a"]
    assert "number" in worst["text"]
    assert "number" in worst["answer_a"]
    assert worst["answer_a"] != worst["answer_b"]


def test_a_better_embedder_passes(gated: Gated) -> None:
    """Random is the baseline now."""
    assert gated.harness("run", "-e", "random").code == 0
    assert gated.harness("baseline", "save", "low", "-e", "random").code == 0
    assert gated.answers("--baseline", "low", "-e", "spelling") == (0, ["pass"])


def test_among_several_embedders_somebody_has_to_say(gated: Gated) -> None:
    """-e NEW=OLD says; without it the fault lists them. Without -e all of the baseline are judged."""
    for name in ("random", "again"):
        assert gated.harness("run", "-e", name).code == 0
    assert gated.harness("baseline", "save", "two", "-e", "random", "-e", "spelling").code == 0
    code, _, err = gated.harness("gate", "--baseline", "two", "-e", "again")
    assert code == 3
    assert "the baseline two has 2 embedders, and again is none of them" in err
    assert "-e 'again=random'. Embedders there: random, spelling" in err
    assert gated.answers("--baseline", "two", "-e", "again=spelling") == (0, ["pass"])
    assert gated.answers("--baseline", "two") == (0, ["pass", "pass"])


@pytest.mark.parametrize(("policy", "code"), [("warn", 0), ("fail", 2)])
def test_what_the_items_do_not_tell_is_left_to_the_policy(gated: Gated, policy: str, code: int) -> None:
    """In the file and, before it, on the command line. Nothing changed on 80 items, which may miss 3.7 %."""
    gated.toml(f'[gate]\nbaseline = "main"\ninconclusive = "{policy}"\n')
    assert gated.harness("run", "-e", "shorter").code == 0
    found_code, found = gated.verdict("-e", "shorter")
    (ruling,) = found["rulings"]
    assert (found_code, found["policy"], ruling["answer"], ruling["items_needed"]) == (
        code,
        policy,
        "inconclusive",
        149,
    )
    other = {"warn": "fail", "fail": "warn"}[policy]
    assert gated.verdict("-e", "shorter", "--inconclusive", other)[0] == 2 - code


def test_an_embedder_without_a_run_is_no_pass(gated: Gated) -> None:
    """Exit code 3, and the command that makes one."""
    gated.toml(QUALITY)
    code, found = gated.verdict("-e", "random")
    (ruling,) = found["rulings"]
    assert (code, ruling["answer"], ruling["difference"]) == (3, "incomparable", None)
    assert ruling["words"] == "there is no run. Make one with: harness run -s ./wide -e random"


def test_an_embedder_that_failed_is_no_pass_and_no_zero(gated: Gated) -> None:
    """Exit code 4, with its reason; what it scored before does not stand for it."""
    gated.toml(QUALITY)
    assert gated.harness("run", "-e", "spelling").code == 0
    broken = (gated.folder / "harness.toml").read_text("utf-8").replace('"baseline:hashing"', '"static:nowhere.npy"', 1)
    (gated.folder / "harness.toml").write_text(broken, "utf-8")
    assert gated.harness("run", "-e", "spelling").code == 4
    code, found = gated.verdict()
    (ruling,) = found["rulings"]
    assert (code, ruling["answer"], ruling["now"]) == (4, "failed", None)
    assert "Run it again: harness run -s ./wide -e spelling" in ruling["words"]


def test_other_data_are_not_compared(gated: Gated) -> None:
    """A suite that got more items: exit code 3, both fingerprints, and how the baseline is made anew."""
    gated.toml(QUALITY)
    before = gated.verdict()[1]["rulings"][0]
    assert before["answer"] == "pass"
    write_suite(gated.folder / "wide", 60)
    assert gated.harness("run", "-e", "spelling").code == 0
    code, found = gated.verdict()
    (ruling,) = found["rulings"]
    assert (code, ruling["answer"]) == (3, "incomparable")
    fingerprints = gated.harness("sql", "select distinct fingerprint from run", "--format", "csv").stdout.split()[1:]
    assert len(fingerprints) == 2
    assert all(fingerprint in ruling["words"] for fingerprint in fingerprints)
    assert "(A is the baseline main, B the candidate)" in ruling["words"]
    assert ruling["words"].endswith('To make the baseline main anew: harness baseline bless main --reason "…"')


def test_the_anchor_is_stood_against_too(gated: Gated) -> None:
    """A blessed baseline forgets, the anchor does not."""
    gated.toml('[gate]\nbaseline = "main"\nanchor = "2026-q3"\n[[gate.quality]]\nsuite = "./wide"\nmargin = 0.05\n')
    assert gated.harness("baseline", "save", "2026-q3", "--anchor").code == 0
    broken = (gated.folder / "harness.toml").read_text("utf-8")
    (gated.folder / "harness.toml").write_text(broken.replace('"baseline:hashing"', '"baseline:random"', 1), "utf-8")
    assert gated.harness("run", "-e", "spelling").code == 0
    assert gated.answers() == (1, ["regression", "regression"])
    assert gated.harness("baseline", "bless", "main", "--reason", "cheaper").code == 0
    code, found = gated.verdict()
    rulings = [(ruling["reference"], ruling["answer"]) for ruling in found["rulings"]]
    assert (code, rulings) == (1, [("baseline main", "pass"), ("anchor 2026-q3", "regression")])
    assert any(
        re.fullmatch(r"the anchor 2026-q3 was saved [0-9-]{10}, \d+ day\(s\) ago", one) for one in found["notes"]
    )


def test_an_anchor_that_is_none_or_knows_less_is_noted(gated: Gated) -> None:
    """What it lacks is not held against anybody."""
    assert gated.harness("run", "-s", "en/similarity", "-e", "spelling").code == 0
    assert gated.harness("baseline", "save", "both").code == 0
    code, found = gated.verdict("--baseline", "both", "--anchor", "main")
    assert code == 0
    assert [ruling["suite"] for ruling in found["rulings"]] == ["en/similarity", "wide", "wide"]
    assert "main is no anchor: blessing moves it. Save one with: harness baseline save NAME --anchor" in found["notes"]
    assert "the anchor main has no results on en/similarity: nothing there is held against it" in found["notes"]


def test_floors(gated: Gated) -> None:
    """Reached, missed, and of a metric that is not there."""
    gated.toml('[gate]\nfloors = ["wide ndcg@10 >= 0.9", "./wide recall@1 >= 0.99", "wide mrr@10 >= 0.1"]\n')
    assert gated.harness("run", "-e", "random").code == 0
    code, found = gated.verdict("-e", "spelling")
    assert (code, [ruling["answer"] for ruling in found["rulings"]]) == (3, ["pass", "pass", "incomparable"])
    assert found["rulings"][2]["words"] == "it has no score of mrr@10 there. Metrics there: ndcg@10, recall@1"
    assert gated.answers("-e", "random")[1] == ["regression", "regression", "incomparable"]
    assert gated.answers("-e", "nobody")[1] == ["incomparable"] * 3


def test_budgets(gated: Gated) -> None:
    """From the latest profile; what was not measured is no pass, and says what measures it.

    That nobody is paid for an embedder that runs here is known without.
    """
    gated.toml(
        '[gate]\nbudgets = ["dimension <= 512", "memory <= 100 GB", "latency p95 <= 60 s", "cost per million <= 0.1"]\n'
    )
    code, found = gated.verdict("-e", "shorter")
    assert (code, [ruling["answer"] for ruling in found["rulings"]]) == (3, ["incomparable"] * 3 + ["pass"])
    assert found["rulings"][0]["words"] == "dimension is not known (not measured: harness profile -e shorter)"
    assert gated.harness("profile", "-e", "shorter", "--seconds", "0.5").code == 0
    code, found = gated.verdict("-e", "shorter")
    assert (code, [ruling["answer"] for ruling in found["rulings"]]) == (0, ["pass"] * 4)
    assert found["rulings"][0]["words"] == "dimension is 512 (of a vector)"
    assert found["rulings"][3]["words"] == "nobody is paid for its tokens"
    gated.toml('[gate]\nbudgets = ["dimension <= 256"]\n')
    assert gated.answers("-e", "shorter") == (1, ["regression"])


def test_a_candidate_that_failed_passes_no_budget(gated: Gated) -> None:
    """What was measured before stands under its label, and is of what it was then."""
    gated.toml('[gate]\nbudgets = ["dimension <= 512"]\n')
    assert gated.harness("profile", "-e", "spelling", "--seconds", "0.5").code == 0
    broken = (gated.folder / "harness.toml").read_text("utf-8").replace('"baseline:hashing"', '"static:nowhere.npy"', 1)
    (gated.folder / "harness.toml").write_text(broken, "utf-8")
    assert gated.harness("run", "-e", "spelling").code == 4
    code, found = gated.verdict("-e", "spelling")
    (ruling,) = found["rulings"]
    assert (code, ruling["answer"], ruling["value"]) == (4, "failed", None)
    assert "nowhere.npy" in ruling["words"]
    assert "Run it again: harness run -s ./wide -e spelling" in ruling["words"]


def test_texts_that_nobody_counted_are_no_pass(gated: Gated) -> None:
    """What has no tokenizer does not say how much it cuts."""
    gated.toml('[gate]\nbaseline = "main"\nbudgets = ["cut texts <= 1 %"]\n')
    code, found = gated.verdict()
    assert (code, found["rulings"][1]["answer"]) == (3, "incomparable")
    assert found["rulings"][1]["words"].startswith("how many texts are cut is not known of wide")
    said = "note: cut texts <= 1 %: this budget cannot be measured for spelling, which does not say how it takes texts"
    assert said in gated.harness("gate", "--check").stderr


def test_check_judges_nobody(gated: Gated) -> None:
    """It says what every gate needs, and warns of those that cannot pass."""
    assert gated.harness("run", "-e", "random").code == 0
    assert gated.harness("baseline", "save", "low", "-e", "random").code == 0
    code, out, err = gated.harness("gate", "--baseline", "low", "--check", "--format", "json")
    (plan,) = json.loads(out)
    assert code == 0
    assert (plan["suite"], plan["metric"], plan["items"], plan["role"]) == ("wide", "ndcg@10", 80, "primary")
    assert plan["items_needed"] > 80
    assert f"this gate cannot pass reliably: needs {plan['items_needed']:,} items, the suite has 80" in err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no baseline to stand against: name one with --baseline"),
        ('[gate]\nbaseline = "mian"\n', "there is no baseline 'mian' in results/baselines. Did you mean 'main'?"),
        (
            '[gate]\nbaseline = "main"\n[[gate.quality]]\nsuite = "wid"\n',
            "harness.toml [gate.quality] wid headline: the baseline main has no suite 'wid'. Did you mean 'wide'?",
        ),
        (
            '[gate]\nbaseline = "main"\n[[gate.quality]]\nsuite = "wide"\nmetric = "ndgc@10"\n',
            "has no metric 'ndgc@10' there. Did you mean 'ndcg@10'? Metrics there: ndcg@10, recall@1",
        ),
        (
            QUALITY + '[[gate.quality]]\nsuite = "./wide"\nmetric = "ndcg@10"\n',
            "ndcg@10 is the headline of wide, and has two gates; leave one of them",
        ),
        ('[gate]\nfloors = ["wied ndcg@10 >= 0.5"]\n', "[gate.floors] 'wied ndcg@10 >= 0.5': the store has no suite"),
        ('[gate]\nbaseline = "main"\nmargin = 0.1\n', "harness.toml [gate.margin]: unknown key"),
    ],
)
def test_a_gate_that_stands_for_nothing_is_refused(gated: Gated, text: str, message: str) -> None:
    """Exit code 3 and nothing on stdout."""
    gated.toml(text)
    code, out, err = gated.harness("gate")
    assert (code, out) == (3, "")
    assert message in err


def test_a_suite_that_was_asked_for_by_name_is_judged(gated: Gated) -> None:
    """Or it is no pass: each -s by itself, with what to do; a name that nobody knows is refused."""
    code, found = gated.verdict("--baseline", "main", "-s", "./wide", "-s", "en/similarity")
    assert (code, [ruling["answer"] for ruling in found["rulings"]]) == (3, ["pass", "incomparable"])
    missing = found["rulings"][1]
    assert (missing["suite"], missing["reference"]) == ("en/similarity", "baseline main")
    assert missing["words"] == (
        "the baseline main has no results there. Put some there: harness run -s en/similarity -e spelling, then "
        'harness baseline bless main --reason "…" -s en/similarity; or leave out -s en/similarity'
    )
    both = ("--baseline", "main", "-s", "./wide", "-s", "en/similarity")
    assert f"note: en/similarity: {missing['words']}" in gated.harness("gate", *both, "--check").stderr
    code, out, err = gated.harness("gate", "--baseline", "main", "-s", "wide", "-s", "wied")
    assert (code, out) == (3, "")
    assert "there is no suite 'wied'. Did you mean 'wide'? Suites there: wide" in err
    assert gated.harness("run", "-s", "en/similarity", "-e", "spelling").code == 0
    bless = ("baseline", "bless", "main", "--reason", "more", "-s", "en/similarity")
    assert gated.harness(*bless).code == 0
    assert gated.answers(*both) == (0, ["pass", "pass"])
    gated.toml(QUALITY)
    code, found = gated.verdict(*both)
    assert (code, found["rulings"][1]["words"]) == (
        3,
        "harness.toml has no [[gate.quality]] and no floor there: write one, or leave out -s en/similarity",
    )


def test_an_anchor_with_the_same_results_is_no_second_claim(gated: Gated) -> None:
    """Holm is over the gates, not over names; a clear answer has no word on power beside it."""
    assert gated.harness("baseline", "save", "2026-q3", "--anchor").code == 0
    assert gated.harness("run", "-e", "random").code == 0
    code, found = gated.verdict("--baseline", "main", "--anchor", "2026-q3", "-e", "random")
    assert (code, [ruling["answer"] for ruling in found["rulings"]]) == (1, ["regression", "regression"])
    assert [ruling["reference"] for ruling in found["rulings"]] == ["baseline main", "anchor 2026-q3"]
    assert {ruling["family"] for ruling in found["rulings"]} == {"a loss of more than 0.02, one-sided, Holm over 1"}
    assert not [note for note in found["notes"] if "cannot pass" in note]


def test_an_anchor_that_is_not_there(gated: Gated) -> None:
    """The command that is advised makes one."""
    err = gated.harness("gate", "--baseline", "main", "--anchor", "nope").stderr
    assert "there is no anchor 'nope'" in err
    assert err.endswith("Make it with: harness baseline save nope --anchor\n")


def test_a_suite_that_no_gate_is_on_is_refused(gated: Gated) -> None:
    """-s keeps gates, and makes none."""
    code, _, err = gated.harness("gate", "--baseline", "main", "-s", "zh")
    assert (code, err) == (3, "error: nothing to judge on zh: no gate and no floor is there. Suites there: wide\n")


def test_a_hand_edited_baseline_is_refused(gated: Gated) -> None:
    """Exit code 3."""
    file = gated.folder / "results" / "baselines" / "main.jsonl"
    file.write_text(file.read_text("utf-8").replace("1.000000", "0.100000"), "utf-8")
    code, _, err = gated.harness("gate", "--baseline", "main")
    assert code == 3
    assert "main.jsonl: it is not as it was written" in err


def test_without_results_there_is_nothing_to_judge(gated: Gated) -> None:
    """No store is a fault of the store; an empty one makes everything incomparable."""
    (gated.folder / "results" / "results.duckdb").unlink()
    code, _, err = gated.harness("gate", "--baseline", "main")
    assert code == 4
    assert "Make some with: harness run" in err
    assert gated.harness("run", "-s", "en/similarity", "-e", "random").code == 0
    assert gated.answers("--baseline", "main") == (3, ["incomparable"])


def test_files_for_continuous_integration(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    """JUnit and Markdown where one asks for them; the summary of a job is added to what is there."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(gated.folder / "step.md"))
    (gated.folder / "step.md").write_text("# 测试\n", "utf-8")
    code, out, err = gated.harness("gate", "--baseline", "main", "--junit", "out/gate.xml")
    assert code == 0
    assert "wide" in out
    assert err.startswith("::notice ")
    assert ET.parse(gated.folder / "out" / "gate.xml").getroot().get("failures") == "0"  # noqa: S314 # our own
    shown = (gated.folder / "step.md").read_text("utf-8")
    assert shown.startswith("# 测试\n")
    assert "wide" in shown
    code, out, err = gated.harness("gate", "--baseline", "main", "--summary", "own.md", "--no-annotations")
    assert (gated.folder / "own.md").read_text("utf-8").count("wide") >= 1
    assert (gated.folder / "step.md").read_text("utf-8") == shown
    assert "::notice" not in out + err


def test_a_file_that_cannot_be_written_is_told(gated: Gated) -> None:
    """Exit code 3, not that of a verdict."""
    (gated.folder / "taken").mkdir()
    assert gated.harness("gate", "--baseline", "main", "--junit", "taken").code == 3
    (gated.folder / "file").write_text("", "utf-8")
    code, out, err = gated.harness("gate", "--baseline", "main", "--junit", "file/gate.xml")
    assert code == 3
    assert "file/gate.xml cannot be written" in err
    assert out.startswith("Passed")


def test_a_summary_that_nobody_asked_for_decides_nothing(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that GITHUB_STEP_SUMMARY names may not be there to be written."""
    (gated.folder / "file").write_text("", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(gated.folder / "file" / "step.md"))
    code, _, err = gated.harness("gate", "--baseline", "main")
    assert code == 0
    assert "note: GITHUB_STEP_SUMMARY: " in err


def test_a_gate_that_may_compare_a_run_with_itself_says_so(gated: Gated) -> None:
    """Nothing was run since the day of the baseline, and no score is another; else there is nothing to say."""
    (note,) = (one for one in gated.verdict("--baseline", "main")[1]["notes"] if "newest run" in one)
    assert note.startswith("spelling: its newest run began 20")
    assert note.endswith("What was changed since is judged after: harness run -e spelling")
    assert gated.harness("run", "-e", "random").code == 0
    assert not [one for one in gated.verdict("--baseline", "main", "-e", "random")[1]["notes"] if "newest run" in one]


def test_one_label_for_two_embedders_is_noted(gated: Gated) -> None:
    """A suite that was run before the label stood for another one is judged by what it was."""
    shutil.copytree(gated.folder / "wide", gated.folder / "other")
    assert gated.harness("run", "-s", "./other", "-e", "spelling").code == 0
    assert gated.harness("baseline", "save", "main", "--force").code == 0
    gated.toml("")
    text = (gated.folder / "harness.toml").read_text("utf-8").replace('"baseline:hashing"', '"baseline:random"')
    (gated.folder / "harness.toml").write_text(text, "utf-8")
    assert gated.harness("run", "-s", "./other", "-e", "spelling").code == 0
    (note,) = (one for one in gated.verdict("--baseline", "main")[1]["notes"] if "not one embedder" in one)
    assert "baseline:hashing 1 on wide; baseline:random 1 on other" in note


def test_a_suite_that_is_not_for_an_embedder_holds_it_to_nothing(gated: Gated) -> None:
    """Where the baseline has nothing of it either; an embedder of which nothing is left to judge has not passed."""
    (gated.folder / "pairs").mkdir()
    (gated.folder / "pairs" / "suite.yaml").write_text(
        "title: Pairs\nlicence: CC0-1.0\ntask: similarity\ntables: {pairs: pairs.jsonl}\nmetrics: [spearman]\n", "utf-8"
    )
    lines = [
        json.dumps({"sentence1": f"a {one}", "sentence2": f"b {one * one}", "score": one % 5}) for one in range(30)
    ]
    (gated.folder / "pairs" / "pairs.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    assert gated.harness("run", "-s", "./pairs", "-s", "./wide", "-e", "spelling", "-e", "bm25:").code == 0
    assert gated.harness("baseline", "save", "main", "--force").code == 0
    code, found = gated.verdict("--baseline", "main")
    assert (code, [ruling["answer"] for ruling in found["rulings"]]) == (0, ["pass"] * 3)
    assert (
        "bm25: is not held to anything on pairs: it does not apply there, and had no results before" in found["notes"]
    )
    assert gated.answers("--baseline", "main", "-s", "pairs", "-e", "bm25:") == (3, ["incomparable"])


def test_a_suite_that_harness_toml_does_not_name_is_found_where_it_was_run(gated: Gated) -> None:
    """Its texts and its folder come from its runs; where it is gone, the ids stay, and a note says why."""
    names = TOML.replace('suites = ["./wide"]\n', "").replace("again = ", "fresh = ")
    (gated.folder / "harness.toml").write_text(names.replace("hashing?dim=512", "random"), "utf-8")
    assert gated.harness("run", "-s", "./wide", "-e", "shorter").code == 0
    _, found = gated.verdict("--baseline", "main", "-e", "shorter=spelling", "-e", "fresh=spelling")
    worst, missing = found["rulings"]
    assert all(one["text"] for one in worst["moved"])
    assert missing["words"] == "there is no run. Make one with: harness run -s ./wide -e fresh"
    _, same = gated.verdict("--baseline", "main")
    assert any(note.endswith("is judged after: harness run -s ./wide -e spelling") for note in same["notes"])
    shutil.rmtree(gated.folder / "wide")
    _, found = gated.verdict("--baseline", "main", "-e", "shorter=spelling")
    assert [one["text"] for one in found["rulings"][0]["moved"]] == [""] * len(worst["moved"])
    assert found["notes"][-1].startswith("wide: items are shown by their ids, as the data are not in ./wide any more.")
