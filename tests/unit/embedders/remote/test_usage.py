"""What asking a service came to, as findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.embedders.options import Options
from harness.embedders.remote.endpoint import Endpoint
from harness.embedders.remote.prices import Price, PriceList
from harness.embedders.remote.service import Service, open_service
from harness.embedders.remote.spending import Spending
from harness.embedders.remote.terms import Terms
from harness.embedders.remote.usage import usage
from harness.model import Spec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HOST = "127.0.0.1:9"


def service(*models: str, **prices: Price) -> Service:
    """A service that answered by these names; prices: model → price."""
    made = open_service(Options(Spec("openai:m", "openai", "m")), Endpoint(f"http://{HOST}/v1"))
    made.terms = Terms(price=PriceList(prices))
    made.models = dict.fromkeys(models)
    return made


def first(_: str, __: Sequence[str], make: Callable[[], Any]) -> Any:
    """Remembers nothing from before."""
    return make()


def told(service: Service, spent: Spending, remember: Callable[..., Any] = first) -> dict[str, tuple[Any, ...]]:
    """Name → value, subject, note, warning."""
    return {one.name: (one.value, one.subject, one.note, one.warning) for one in usage(service, spent, remember)}


def test_nothing_asked_is_nothing_to_tell() -> None:
    """A run whose texts are all in the cache has no findings of cost, not even zeros."""
    assert usage(service("m"), Spending(), first) == ()


def test_requests_tokens_money_and_who_answered() -> None:
    """2 requests, 3 made again, 500 reported tokens at 4 CNY for a million."""
    assert told(service("m", m=Price(4.0, "CNY", "2026-01-02", "x")), Spending(2, 9, 500, 0, 3, 0.002)) == {
        "requests": (2, "", f"answered by {HOST}", False),
        "retries": (3, "", f"requests that {HOST} refused or did not answer, made again", False),
        "tokens_sent": (500, "", "as the service counts them", False),
        "cost": (0.002, "CNY", "0.0020 CNY for 500 tokens at 4 CNY per 1M tokens (2026-01-02, x)", False),
        "served_model": (None, "m", "the service answers as m", False),
    }


@pytest.mark.parametrize(("estimated", "how"), [(500, "all"), (200, "200")])
def test_estimated_tokens_are_said_to_be_so(estimated: int, how: str) -> None:
    """In the number of tokens and in the money."""
    found = told(service(m=Price(4.0)), Spending(2, 9, 500, estimated, 0, 0.002))
    assert found["tokens_sent"][2] == f"estimated: {HOST} does not say for {how}"
    assert "for estimated 500 tokens" in found["cost"][2]


def test_a_price_that_is_not_known_is_never_zero(request: pytest.FixtureRequest) -> None:
    """The finding has no value and says where to write the price; what costs nothing has none."""
    assert "cost" not in told(service(), Spending(1, 1, 5))
    request.getfixturevalue("elsewhere")
    assert told(service(), Spending(1, 1, 5))["cost"] == (None, "", "price not known: [prices] in harness.toml", False)


def test_another_name_than_before_is_a_warning() -> None:
    """Two names in one run, or another one than the first that the cache remembers."""
    for remember, names in ((first, ("m-1", "m-2")), (lambda *_: "m-1", ("m-2",))):
        value, subject, note, warning = told(service(*names), Spending(1), remember)["served_model"]
        assert (value, subject, warning) == (None, "m-2", True)
        assert note == f"m at {HOST} answered as m-2, and as m-1 before"


def test_a_service_that_seems_to_cut_texts_is_a_warning() -> None:
    """It counted a quarter of what was estimated for a request with a long text."""
    cutting = service()
    assert "tokens_left_out" not in told(cutting, Spending(1))
    cutting.cut = (2_000, 8_000)
    value, _, note, warning = told(cutting, Spending(1))["tokens_left_out"]
    assert (value, warning) == (0.75, True)
    assert note.startswith(f"{HOST} counted 2000 tokens in a request of about 8000: it may cut long texts")
