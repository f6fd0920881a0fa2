"""Who one of ours is to mteb: a ModelMeta under which no cache of mteb's takes it for another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from harness.interop.mteb import door

if TYPE_CHECKING:
    from harness.model import Identity

_ODD = re.compile(r"[^\w.()+=-]+")
_LONGEST = 80
"""Characters of a model's name, of which mteb makes the name of a folder; a combination has all its members in its."""
_BYTES = 200
"""Of the same; file systems take 255, with the backend before it."""
_DIGITS = 12


def model_meta(identity: Identity, similarity: str | None = None, *, pictures: bool = False) -> Any:
    """mteb's ModelMeta. similarity: how its vectors are compared, None where it has none. pictures: it reads them.

    mteb files results under (name, revision, experiment), joins those of one name in tables, and files vectors under
    the experiment alone. So options are in the name, and the key of our identity, which is the revision, is the
    experiment too: tables are complete with `load_results(load_experiments="match_name")`.
    """
    models = door.module("mteb.models.model_meta")
    return models.ModelMeta.create_empty(
        {
            "name": f"{identity.backend}/{_name(identity)}",
            "revision": identity.key,
            "experiment_kwargs": {"identity": identity.key},
            "similarity_fn_name": similarity and models.ScoringFunction(similarity),
            "modalities": ["text", "image"] if pictures else ["text"],
        }
    )


def _name(identity: Identity) -> str:
    """Name and options, none of whose signs means something in a path; a long one ends in digits of the key."""
    written = str(identity).removeprefix(f"{identity.backend}:")
    name = _ODD.sub("_", written).strip("_") or identity.backend
    if len(name) <= _LONGEST and len(name.encode()) <= _BYTES:
        return name
    short = name[: _LONGEST - _DIGITS - 1].encode()[: _BYTES - _DIGITS - 1].decode(errors="ignore")
    return f"{short}-{identity.key[:_DIGITS]}"
