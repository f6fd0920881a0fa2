"""What a user types."""

from __future__ import annotations

from harness.workflows.commands import Spelling, command, run_command
from harness.workflows.configuration import Configuration


def test_a_command_can_be_pasted_into_a_shell() -> None:
    """Quoted where a shell needs it; suites spelled as they are found, those of one folder at once."""
    assert run_command("st:我的 模型", ["采购", "b"], {"b": "./b"}) == "harness run -s '采购' -s ./b -e 'st:我的 模型'"
    assert run_command("m", ["x/a", "x/b"], {"x/a": "./my x", "x/b": "./my x"}) == "harness run -s './my x' -e m"
    assert run_command("m", ()) == "harness run -e m"


def test_a_command_repeats_where_it_is_to_look() -> None:
    """A configuration and a store that were given."""
    options = ("--config", "my gate.toml", "--store", "x.duckdb")
    told = run_command("m", ["a"], Spelling({"a": "./a"}, options), "aa")
    assert told == "harness aa -s ./a -e m --config 'my gate.toml' --store x.duckdb"
    assert command(Configuration(options=options), "run") == "harness run --config 'my gate.toml' --store x.duckdb"
