"""How models of mteb's are fed, and what they answer."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.interop.mteb.feeding import array_of, texts_fed

if TYPE_CHECKING:
    from harness.model import Role

pytestmark = [
    pytest.mark.skipif(find_spec("mteb") is None, reason="needs mteb: pip install 'embedding-harness[mteb]'"),
    pytest.mark.filterwarnings("ignore"),  # what torch and datasets say when they are imported
]


@pytest.mark.parametrize(
    ("role", "columns"),
    [("query", {"id", "text", "query"}), ("document", {"id", "text", "body"}), ("either", {"text"})],
)
def test_texts_come_in_batches_under_the_names_of_mteb(role: Role, columns: set[str]) -> None:
    """In their order, each column but the ids with the text itself; ids are distinct over all batches."""
    batches = list(texts_fed(["a", "采购", ""], role, 2))
    assert [batch.keys() for batch in batches] == [columns, columns]
    for name in columns:
        found = [value for batch in batches for value in batch[name]]
        assert found == (["0", "1", "2"] if name == "id" else ["a", "采购", ""])


def test_every_tensor_is_an_array() -> None:
    """Sparse, in a number format that numpy has not, with a gradient; what is none stays what it is."""
    import torch

    expected = np.array([[0.0, 1.5], [0.5, 0.0]], np.float32)
    dense = torch.tensor(expected)
    for tensor in (dense, dense.to_sparse(), dense.bfloat16(), dense.clone().requires_grad_()):
        found = array_of(tensor)
        assert found.dtype == np.float32
        assert np.array_equal(found, expected)
    assert array_of(expected) is expected
