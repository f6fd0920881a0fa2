"""What is known of a model of mteb's: from its files, from the loaded model, else what its entry says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.embedders.facts import LOCAL, extra
from harness.embedders.st.facts import st_facts

if TYPE_CHECKING:
    from harness.embedders.facts import Facts
    from harness.embedders.mteb.entry import Entry


def mteb_facts(entry: Entry, model: Any | None) -> Facts:
    """Size, licence and device. model: mteb's, None where it is not loaded."""
    meta = entry.meta
    own = getattr(model, "model", None)
    measurable = own if hasattr(own, "parameters") and hasattr(own, "device") else None
    known = st_facts(entry.checkpoint, "torch", measurable) if entry.checkpoint else LOCAL
    groups = ",".join(meta.extra_requirements_groups or ())
    return replace(
        known,
        parameters=meta.n_parameters if known.parameters is None else known.parameters,
        embedding_parameters=(
            meta.n_embedding_parameters if known.embedding_parameters is None else known.embedding_parameters
        ),
        licence=known.licence or meta.license,
        install=" ".join(filter(None, (extra("mteb"), groups and f"mteb[{groups}]"))),
    )
