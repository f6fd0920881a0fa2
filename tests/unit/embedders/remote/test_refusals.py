"""What refusals mean."""

from __future__ import annotations

import pytest

from harness.embedders.remote.refusals import Then, after


@pytest.mark.parametrize(
    ("then", "statuses"),
    [
        (Then.AGAIN, (409, 425, 429, 503, 529)),
        (Then.GATE, (408, 502, 504, 507, 520, 524)),
        (Then.RETRY, (500, None)),
        (Then.DIVIDE, (400, 413, 422)),
        (Then.STOP, (301, 307, 401, 402, 403, 404, 405, 410)),
    ],
)
def test_statuses_say_what_to_do(then: Then, statuses: tuple[int | None, ...]) -> None:
    """Waiting helps against 429 and 503, less at once against 400, 413, 422, and nothing against 401, 403, 404.

    500, a cut connection, and what a gateway says while nobody answers it, may come from the service or from a text.
    """
    assert {after(status) for status in statuses} == {then}
