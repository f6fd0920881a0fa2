"""How mteb feeds a model, and what comes back: for models of its own that we ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.interop.mteb import door

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model import Image, Role

_COLUMNS: Mapping[Role, Sequence[str]] = {
    "query": ("id", "text", "query"),
    "document": ("id", "text", "body"),
    "either": ("text",),
}
"""What mteb's tasks hand in, by what a text is; most models read `text`, rerankers `query`."""


def prompt_type(role: Role) -> Any:
    """mteb's PromptType of a role; None for a text in no role."""
    return None if role == "either" else door.module("mteb.types").PromptType(role)


def texts_fed(texts: Sequence[str], role: Role, batch_size: int) -> Any:
    """Texts as a model of mteb takes them: a DataLoader of torch over a data set."""
    numbered = {"id": [str(place) for place in range(len(texts))]}
    columns = {name: numbered.get(name, list(texts)) for name in _COLUMNS[role]}
    rows = door.module("datasets").Dataset.from_dict(columns)
    return door.module("torch.utils.data").DataLoader(rows, batch_size=batch_size)


def pictures_fed(images: Sequence[Image], batch_size: int) -> Any:
    """The same of pictures, decoded by Pillow as RGB."""
    datasets = door.module("datasets")
    rows = datasets.Dataset.from_dict({"image": [str(image.path) for image in images]})
    decoded = rows.cast_column("image", datasets.Image(mode="RGB"))
    return door.module("torch.utils.data").DataLoader(decoded, batch_size=batch_size, collate_fn=_listed)


def array_of(answer: Any) -> Any:
    """An answer as an array of numpy: of tensors on any device, in any number format, sparse ones made dense.

    What is no tensor stays as it is.
    """
    if getattr(answer, "is_sparse", False):
        answer = answer.to_dense()
    return answer.detach().float().cpu().numpy() if hasattr(answer, "detach") else answer


def _listed(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """A batch of rows with pictures of any size."""
    return {name: [row[name] for row in rows] for name in rows[0]}
