"""What one service was asked for, be it answered or in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.embedders.options import Options
from harness.embedders.remote.endpoint import Endpoint
from harness.embedders.remote.prices import Price
from harness.embedders.remote.refusals import RefusedError, Then, answered
from harness.embedders.remote.sending import Reply
from harness.embedders.remote.service import open_service
from harness.embedders.remote.spending import Budget
from harness.embedders.remote.terms import Terms
from harness.embedders.resolve import parse_spec
from harness.errors import EmbedderError

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Index

_ROW = np.ones((1, 4), np.float32)


def test_answers_that_are_no_use_tell_what_the_next_ones_cost() -> None:
    """100 tokens are estimated each time: 300, then 400 in vain, are counted; a third fits 1,099 only if 300 were."""
    service = open_service(Options(parse_spec("x:m")), Endpoint("http://127.0.0.1:9/v1"))
    service.terms = Terms(None, lambda *_: Price(1e6), Budget(1_099))

    def spoilt(_: object) -> Reply:
        with answered(400):
            raise RefusedError("no vectors", Then.STOP)

    def asked(answer: Callable[[Index], Reply]) -> None:
        list(service.fetch([np.array([0])], [100], answer, lambda: Reply(_ROW)))

    asked(lambda _: Reply(_ROW, 300))
    with pytest.raises(RefusedError, match="no vectors"):
        asked(spoilt)
    assert service.spent.cost == pytest.approx(700)
    with pytest.raises(EmbedderError, match="a request that is expected to cost 400"):
        asked(lambda _: Reply(_ROW, 400))
    assert service.spent.cost == pytest.approx(700)
