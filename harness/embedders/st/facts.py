"""What is known of a model of sentence-transformers, from its files and, once it is loaded, from itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.embedders.facts import LOCAL, Facts, extra
from harness.embedders.st import exported
from harness.embedders.st.identity import folder_of
from harness.embedders.weight_files import card_licence, counted, disk_bytes, loaded_format

if TYPE_CHECKING:
    from harness.embedders.st.identity import Checkpoint

_EXPORTED = "exported when it was loaded: its folder has no such file"


def st_facts(checkpoint: Checkpoint, runtime: str, model: Any | None) -> Facts:
    """Size, licence and device. model: a SentenceTransformer or CrossEncoder, None where it is not loaded.

    The loaded model has the last word on its parameters: a file may hold parts that are not used.
    """
    own = exported.REQUIREMENTS.get(runtime)
    known = replace(LOCAL, install=" ".join(filter(None, (extra("st"), own))))
    folder = folder_of(checkpoint)
    if folder is not None:
        found = counted(folder.glob("**/*.safetensors"))
        known = replace(
            known,
            disk_bytes=disk_bytes(folder, runtime),
            licence=card_licence(folder),
            loading=_EXPORTED if runtime != "torch" and loaded_format(folder, runtime) != runtime else None,
            parameters=found.parameters if found else None,
            embedding_parameters=found.embedding if found else None,
        )
    return known if model is None else _of_loaded(model, known)


def _of_loaded(model: Any, known: Facts) -> Facts:
    known = replace(known, device=str(model.device))
    parameters = {id(one): int(one.numel()) for one in model.parameters()}
    if not parameters:  # an exported model keeps them to itself
        return known
    table = _token_table(model)
    return replace(
        known,
        parameters=sum(parameters.values()),
        embedding_parameters=known.embedding_parameters if table is None else int(table.numel()),
    )


def _token_table(model: Any) -> Any | None:
    """The weights of the input tokens, wherever in the model they are; None where there are no such, or several."""
    for module in model.modules():
        find = getattr(module, "get_input_embeddings", None)
        try:
            found = find() if callable(find) else None
        except (AttributeError, NotImplementedError):  # a model of pictures has the method and no tokens
            continue
        weight = getattr(found, "weight", None)
        if weight is not None:
            return weight
    return None
