"""What harness.toml and the command line agree to, and who is asked without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.embedders.remote.endpoint import Endpoint
from harness.embedders.remote.terms import Terms
from harness.embedders.resolve import parse_spec
from harness.errors import UsageError
from harness.workflows.configuration import Configuration, read_configuration
from harness.workflows.embedders import check
from harness.workflows.terms import demand_consent, price_of, terms

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faulty_server import FaultyServer

OPENAI = Endpoint("https://api.openai.com/v1")


def read(folder: Path, text: str) -> Configuration:
    """What a harness.toml says."""
    (folder / "harness.toml").write_text(text, "utf-8")
    return read_configuration(folder / "harness.toml")


def test_the_file_allows_hosts_and_has_prices(tmp_path: Path) -> None:
    """A number is in USD; a table may say another currency; a host may stand before the model."""
    configuration = read(
        tmp_path,
        'allow_remote = ["API.openai.com", "10.0.0.7:8000"]\n'
        "[prices]\n"
        '"text-embedding-3-small" = 0.5\n'
        '"api.siliconflow.cn/BAAI/bge-m3" = {per_million = 1, currency = "CNY"}\n',
    )
    assert configuration.allow_remote == ("api.openai.com", "10.0.0.7:8000")
    made = terms(configuration)
    assert made.allow(OPENAI)
    assert not made.allow(Endpoint("http://10.0.0.7/v1"))
    small = made.price("text-embedding-3-small", OPENAI)
    other = made.price("BAAI/bge-m3", Endpoint("https://api.siliconflow.cn/v1"))
    assert small is not None
    assert other is not None
    assert (small.per_million, small.currency, small.source) == (0.5, "USD", "harness.toml")
    assert (other.per_million, other.currency) == (1.0, "CNY")


def test_the_command_line_allows_all_hosts_and_limits_the_cost() -> None:
    """Of this command; without it nobody is allowed, and there is no limit."""
    made = terms(Configuration(), allow_remote=True, max_cost=5.0)
    assert made.allow(OPENAI)
    assert made.budget.amount == 5.0
    assert not terms(Configuration()).allow(OPENAI)
    assert terms(Configuration()).budget.amount is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("allow_remote = true", r"\[allow_remote\]: must be a list of hosts"),
        ("allow_remote = [1]", r"\[allow_remote\]: must be a list of hosts"),
        ('allow_remote = ["https://api.openai.com/v1"]', r"\[allow_remote\]: must be a list of hosts without address"),
        ("prices = 3", r"\[prices\]: must be \[prices\] with lines like"),
        ("[prices]\nm = -1", r"\[prices\.m\]: must be an amount for a million tokens"),
        ("[prices]\nm = nan", r"\[prices\.m\]: must be an amount"),
        ("[prices]\nm = true", r"\[prices\.m\]: must be an amount"),
        ('[prices]\nm = "0.02"', r"\[prices\.m\]: must be an amount"),
        ('[prices]\nm = {currency = "CNY"}', r"\[prices\.m\]: must be an amount"),
        ('[prices]\nm = {per_million = 1, currency = "yuan"}', r"\[prices\.m\]: must be an amount"),
        ("[prices]\nm = {per_million = 1, per_query = 2}", r"\[prices\.m\]: must be an amount"),
        ("price = 3", r"\[price\]: unknown key; known are .*allow_remote, prices"),
    ],
)
def test_faults_name_their_key(tmp_path: Path, text: str, fault: str) -> None:
    """And say what it must be."""
    with pytest.raises(UsageError, match=fault):
        read(tmp_path, text)


def test_all_hosts_without_consent_are_named_at_once() -> None:
    """Members of a combination too; nothing is opened but the specs."""
    both = "hybrid:rrf(openai:a?base_url=http://192.0.2.1/v1,openai:b?base_url=http://192.0.2.2:8/v1)"
    with pytest.raises(UsageError) as refused:
        demand_consent(Terms(), [both, "openai:a?base_url=http://192.0.2.1/v1", "bm25:"])
    assert "  192.0.2.1: for openai:a" in str(refused.value)
    assert "  192.0.2.2:8: for openai:b" in str(refused.value)
    assert 'allow_remote = ["192.0.2.1", "192.0.2.2:8"]' in str(refused.value)


def test_a_check_of_the_contract_needs_consent_too(faulty: FaultyServer, request: pytest.FixtureRequest) -> None:
    """A service on this machine is asked, another one only when it is allowed."""
    spec = f"openai:m?base_url={faulty.url}"
    assert all(one.passed for one in check(spec))
    faulty.forget()
    request.getfixturevalue("elsewhere")
    with pytest.raises(UsageError, match="texts would leave this machine"):
        check(spec)
    assert faulty.asked == []
    assert all(one.passed for one in check(spec, Terms(None)))
    assert faulty.asked


def test_an_embedder_has_the_price_of_its_service() -> None:
    """None where there is no service, or several at several prices."""
    small = parse_spec("openai:text-embedding-3-small")
    price = price_of(Terms(), small)
    assert price is not None
    assert price.per_million == 0.02
    assert price_of(Terms(), parse_spec("bm25:")) is None
    assert price_of(Terms(), parse_spec("openai:nobody-knows")) is None
    assert price_of(Terms(), parse_spec(f"hybrid:rrf({small.text},openai:text-embedding-3-large)")) is None
