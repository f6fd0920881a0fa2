"""What a million tokens cost: whose word counts, and what is not known."""

from __future__ import annotations

import re
from datetime import date

import pytest

from harness.embedders.remote.endpoint import Endpoint
from harness.embedders.remote.prices import FREE, Price, PriceList, listed, money

OPENAI = Endpoint("https://api.openai.com/v1")
SMALL = "text-embedding-3-small"


def test_the_table_is_dated_and_says_where_it_is_from() -> None:
    """Every price is above 0, has a currency, a day that has come, and an address."""
    for (host, model), price in listed().items():
        assert 0 < price.per_million < 10, (host, model)
        assert price.currency in {"USD", "CNY"}
        assert date(2026, 1, 1) <= date.fromisoformat(price.as_of) <= date.today()  # noqa: DTZ011  # a day, no moment
        assert re.match(r"https://[\w.-]+/", price.source)


def test_a_price_is_that_of_a_model_at_a_host() -> None:
    """Another host, or another model, is not known; a million tokens cost what the table says."""
    prices = PriceList()
    price = prices(SMALL, OPENAI)
    assert price is not None
    assert (price.per_million, price.currency, price.of(500_000)) == (0.02, "USD", 0.01)
    assert prices(SMALL, Endpoint("https://elsewhere.example/v1")) is None
    assert prices("text-embedding-9", OPENAI) is None


def test_this_machine_costs_nothing() -> None:
    """Whatever the model is called."""
    assert PriceList()(SMALL, Endpoint("http://127.0.0.1:8000/v1")) is FREE
    assert FREE.of(10**9) == 0


def test_the_users_prices_come_first() -> None:
    """By host and model, then by model wherever it is, then the table; on this machine too."""
    own = {SMALL: Price(1.0), f"api.openai.com/{SMALL}": Price(2.0), "127.0.0.1:8000/m": Price(3.0)}
    prices = PriceList(own)
    assert prices(SMALL, OPENAI) == Price(2.0)
    assert prices(SMALL, Endpoint("http://localhost:1/v1")) == Price(1.0)
    assert prices("m", Endpoint("http://127.0.0.1:8000/v1")) == Price(3.0)
    assert prices("m", Endpoint("http://127.0.0.1:8001/v1")) is FREE
    large = prices("text-embedding-3-large", OPENAI)
    assert large is not None
    assert large.per_million == 0.13


def test_a_provider_without_an_address_has_the_prices_of_its_host() -> None:
    """`litellm:mistral` calls the model mistral/mistral-embed; either name may be priced."""

    class Provider(Endpoint):
        def __post_init__(self) -> None:
            """No address."""

        host = "litellm:mistral"  # type: ignore[assignment]  # a property in Endpoint
        is_local = False  # type: ignore[assignment]  # the same

    mistral, model = Provider("litellm:mistral"), "mistral/mistral-embed"
    assert PriceList()(model, mistral) == listed()["api.mistral.ai", "mistral-embed"]
    assert PriceList({model: Price(9.0)})(model, mistral) == Price(9.0)
    assert PriceList({"mistral-embed": Price(8.0)})(model, mistral) == Price(8.0)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0.0, "0.00 CNY"),
        (0.00001, "< 0.0001 CNY"),
        (0.00314, "0.0031 CNY"),
        (1.239, "1.24 CNY"),
        (1200.0, "1200.00 CNY"),
    ],
)
def test_an_amount_is_as_short_as_it_may_be(amount: float, shown: str) -> None:
    """Two digits from 1, four below, and nothing that is not 0 looks like it."""
    assert money(amount, "CNY") == shown


def test_a_price_says_where_it_is_from() -> None:
    """Date and source stand behind it where they are known."""
    assert (
        str(Price(0.5, "CNY", "2026-01-02", "https://x.example"))
        == "0.5 CNY per 1M tokens (2026-01-02, https://x.example)"
    )
    assert str(Price(0.02)) == "0.02 USD per 1M tokens"
