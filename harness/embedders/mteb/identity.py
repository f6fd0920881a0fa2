"""Who a model of mteb's is: its files, and everything that mteb does with texts before the model gets them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from harness.embedders.mteb.entry import loader_of
from harness.embedders.st.identity import is_symmetric
from harness.interop.mteb import door
from harness.model import Identity

if TYPE_CHECKING:
    from harness.embedders.mteb.entry import Entry
    from harness.model import Role


def identity_of(entry: Entry, tasks: Mapping[Role, Any], prompts: Mapping[Role, str] | None) -> Identity:
    """Revision: of the files, then a digest of mteb's part.

    prompts: what is put before texts, where that is known; then mteb's wrapper does nothing else, and a newer mteb
    whose entry says the same is the same embedder. Where it is not known, the version of mteb is part of it, and so is
    all that the model is told of the task.
    """
    made: dict[str, Any] = {"loader": loader_of(entry), "arguments": _plain(entry.meta.loader_kwargs)}
    if prompts is None:
        told = {role: [task.name, task.type, _plain(task.prompt)] for role, task in tasks.items()}
        made |= {"mteb": door.version(), "tasks": told}
    else:
        made |= {"prompts": dict(prompts)}
    text = json.dumps(made, ensure_ascii=False, sort_keys=True)
    digest = hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
    return Identity(
        backend=entry.spec.backend,
        name=entry.meta.name,
        revision=f"{entry.revision}+{digest}",
        options=entry.settings.deciding(),
        symmetric=prompts is not None and entry.checkpoint is not None and is_symmetric(entry.checkpoint, prompts),
    )


def _plain(value: Any) -> Any:
    """As JSON has it; a function by its name, anything else as it writes itself."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if callable(value):
        return f"{value.__module__}.{value.__qualname__}"
    return value if isinstance(value, str | int | float | None) else str(value)
