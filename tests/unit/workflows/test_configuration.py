"""What harness.toml says, as an object."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.workflows.configuration import STORE, Configuration, read_configuration


def test_without_a_file_there_are_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No harness.toml here, nothing asked for: nothing configured. A file that is asked for must be there."""
    monkeypatch.chdir(tmp_path)
    assert read_configuration(None) == Configuration()
    with pytest.raises(UsageError, match=r"other\.toml: cannot be read: No such file"):
        read_configuration(Path("other.toml"))


def test_an_empty_file_is_the_defaults_beside_it(tmp_path: Path) -> None:
    """The store lies where the file is."""
    (tmp_path / "harness.toml").write_text("", "utf-8")
    options = ("--config", str(tmp_path / "harness.toml"))
    assert read_configuration(tmp_path / "harness.toml") == Configuration(store=tmp_path / STORE, options=options)


def test_the_default_has_nothing_to_repeat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it was named: a command finds it by itself."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "harness.toml").write_text("", "utf-8")
    assert [read_configuration(one).options for one in (None, tmp_path / "harness.toml")] == [(), ()]


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Notepad writes one."""
    (tmp_path / "harness.toml").write_text("\ufeffthreads = 3\n", "utf-8")
    assert read_configuration(tmp_path / "harness.toml").threads == 3


def test_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless they are absolute or begin at home; a suite's name without a dot may be built in, and stays."""
    monkeypatch.setenv("HOME", "/homes/me")
    (tmp_path / "harness.toml").write_text(
        'store = "~/results.duckdb"\ncache = "~/vectors"\nsuites = ["zh", "./zh", "../x", "~/mine", "/data/suite"]\n',
        "utf-8",
    )
    found = read_configuration(tmp_path / "harness.toml")
    assert found.store == Path("/homes/me/results.duckdb")
    assert found.cache == Path("/homes/me/vectors")
    assert found.suites == ("zh", f"{tmp_path}/zh", f"{tmp_path}/../x", "/homes/me/mine", "/data/suite")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("mteb:SciFact", "mteb:SciFact"),
        ("mteb:SciFact?data=scifact", "mteb:SciFact?data={here}/scifact"),
        ("mteb:SciFact?split=test&data=./a/b&subset=x", "mteb:SciFact?split=test&data={here}/a/b&subset=x"),
        ("mteb:SciFact?data=~/scifact", "mteb:SciFact?data=/homes/me/scifact"),
        ("mteb:SciFact?data=/data/scifact", "mteb:SciFact?data=/data/scifact"),
        ("mteb:SciFact?data=modelscope:o/n", "mteb:SciFact?data=modelscope:o/n"),
        ("mteb:SciFact?data=a%26b/100%25", "mteb:SciFact?data={here}/a%26b/100%25"),
    ],
)
def test_data_of_mtebs_tasks_are_relative_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, read: str
) -> None:
    """However they are written: they are never built in. What is on a hub is no path."""
    monkeypatch.setenv("HOME", "/homes/me")
    (tmp_path / "harness.toml").write_text(f'suites = ["{written}"]\n', "utf-8")
    assert read_configuration(tmp_path / "harness.toml").suites == (read.replace("{here}", str(tmp_path)),)


def test_a_folder_of_a_built_in_name_stays_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`./zh` in the file of this very folder is not the built-in zh."""
    monkeypatch.chdir(tmp_path)
    Path("harness.toml").write_text('suites = ["./zh"]\n', "utf-8")
    assert read_configuration(None).suites == (f"{tmp_path}/zh",)


def test_a_name_stands_for_its_spec() -> None:
    """What has a colon is a spec; anything else must be a name."""
    configuration = Configuration(embedders={"minilm": "st:all-MiniLM-L6-v2"})
    assert configuration.spec("minilm") == "st:all-MiniLM-L6-v2"
    assert configuration.spec("bm25:") == "bm25:"
    with pytest.raises(UsageError, match=r"'minlm' is neither .* Did you mean 'minilm'\? Names there: minilm\."):
        configuration.spec("minlm")
    with pytest.raises(UsageError, match="Names there: none"):
        Configuration().spec("minilm")


def test_members_of_a_combination_may_be_names() -> None:
    """Also inside another; what is no name there stays as it is, to be refused where it is opened."""
    configuration = Configuration(embedders={"minilm": "st:m?dimensions=64", "both": "hybrid:rrf(bm25:,minilm)"})
    assert configuration.spec("both") == "hybrid:rrf(bm25:,st:m?dimensions=64)"
    assert configuration.spec("hybrid:rrf(minilm,bm25:)?k=10") == "hybrid:rrf(st:m?dimensions=64,bm25:)?k=10"
    assert configuration.spec("hybrid:rerank(both,ce:c)") == "hybrid:rerank(hybrid:rrf(bm25:,st:m?dimensions=64),ce:c)"
    assert configuration.spec("hybrid:rrf(bm25:,other)") == "hybrid:rrf(bm25:,other)"


def test_weights_are_numbers_by_suite(tmp_path: Path) -> None:
    """Whole numbers too; a suite that is not named has none."""
    (tmp_path / "harness.toml").write_text('[weights]\n"zh/lexical-gap" = 2\n"采购" = 0.5\n', "utf-8")
    assert read_configuration(tmp_path / "harness.toml").weights == {"zh/lexical-gap": 2.0, "采购": 0.5}


def test_suites_of_the_gate_are_relative_to_the_file(tmp_path: Path) -> None:
    """Where they are written as paths, as those that are run."""
    (tmp_path / "harness.toml").write_text(
        '[gate]\nbaseline = "main"\nfloors = ["./toy ndcg@10 >= 0.5"]\n'
        '[[gate.quality]]\nsuite = "./toy"\n[[gate.quality]]\nsuite = "zh"\n',
        "utf-8",
    )
    gate = read_configuration(tmp_path / "harness.toml").gate
    assert gate.baseline == "main"
    assert [one.suite for one in gate.quality] == [f"{tmp_path}/toy", "zh"]
    assert [one.suite for one in gate.floors] == [f"{tmp_path}/toy"]
