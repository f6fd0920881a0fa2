"""What goes into one request."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.embedders.options import options
from harness.embedders.remote.endpoint import Endpoint
from harness.embedders.remote.packing import packed
from harness.embedders.remote.service import SERVICE_OPTIONS, open_service
from harness.embedders.resolve import parse_spec


def test_a_request_is_full_by_number_or_by_tokens() -> None:
    """At most 3 texts and 10 tokens; a text above that is alone."""
    requests = packed([1, 1, 1, 1, 9, 2, 30, 5, 5], 3, 10)
    assert [request.tolist() for request in requests] == [[0, 1, 2], [3, 4], [5], [6], [7, 8]]
    assert packed([], 3, 10) == []


@given(st.lists(st.integers(1, 50), max_size=60), st.integers(1, 10), st.integers(1, 100))
def test_every_text_is_in_one_request(tokens: list[int], most: int, budget: int) -> None:
    """In order; and no two neighbours would have fitted into one."""
    requests = packed(tokens, most, budget)
    assert [place for request in requests for place in request.tolist()] == list(range(len(tokens)))
    sizes = [(len(request), sum(tokens[place] for place in request.tolist())) for request in requests]
    assert all(count == 1 or (count <= most and size <= budget) for count, size in sizes)
    for (count, size), behind in zip(sizes, requests[1:], strict=False):
        assert count == most or size + tokens[int(behind[0])] > budget


def test_a_request_is_no_larger_than_what_a_minute_allows() -> None:
    """Where `tpm` is below `batch_tokens`: the service would always refuse it."""

    def requests(written: str) -> list[list[int]]:
        service = open_service(options(parse_spec(f"openai:m{written}"), tuple(SERVICE_OPTIONS)), Endpoint("http://a"))
        return [places.tolist() for places in service.requests([40] * 5)]

    assert requests("?tpm=100") == requests("?batch_tokens=100") == [[0, 1], [2, 3], [4]]
    assert requests("?tpm=100&batch_tokens=40") == [[0], [1], [2], [3], [4]]
    assert requests("?tpm=1000") == [[0, 1, 2, 3, 4]]
