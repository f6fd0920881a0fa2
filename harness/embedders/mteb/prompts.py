"""What mteb tells a model about the task it is used for, by role; and what a model puts before a text then.

An embedder is never told which suite asks. Without `task=`, a query and a document are told to be of a retrieval task,
and a text in no role of a task of similarity; each has the prompt that mteb gives to a task of its kind without one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.errors import UsageError, nearest
from harness.interop.mteb import door
from harness.interop.mteb.feeding import prompt_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.embedders.st.identity import Checkpoint
    from harness.model import Role

ROLES: tuple[Role, ...] = ("query", "document", "either")

_KINDS: Mapping[Role, tuple[str, str]] = {
    "query": ("Retrieval", "AbsTaskRetrieval"),
    "document": ("Retrieval", "AbsTaskRetrieval"),
    "either": ("STS", "AbsTaskSTS"),
}
"""Role → the type of the task that mteb is told, and its class of such tasks."""

_NAMES: Mapping[Role, tuple[str, ...]] = {
    "query": ("query",),
    "document": ("document", "passage", "corpus"),
    "either": (),
}
"""The prompts that sentence-transformers looks for by itself where mteb names none."""


def tasks_by_role(task: str | None, spec: str) -> dict[Role, Any]:
    """mteb's TaskMetadata for each role. task: a task of mteb's whose prompts are used. Raises UsageError."""
    if task is None:
        return {role: _neutral(role) for role in ROLES}
    metadata = _task(task, spec)
    # A prompt for queries and one for documents: mteb itself would put both, as a dict, before a text in no role.
    either = metadata.model_copy(update={"prompt": None}) if isinstance(metadata.prompt, dict) else metadata
    return {"query": metadata, "document": metadata, "either": either}


def put_before(
    model_prompts: Mapping[str, str] | None, checkpoint: Checkpoint, tasks: Mapping[Role, Any]
) -> dict[Role, str]:
    """What mteb's wrapper of sentence-transformers puts before a text in each role.

    model_prompts: by name, as mteb has them for this model; where it has none, those of the model's own files count.
    """
    configuration = checkpoint.table("config_sentence_transformers.json")
    saved = {name: prompt or "" for name, prompt in (configuration.get("prompts") or {}).items()}
    prompts = dict(model_prompts or {"query": "", "document": "", **saved})
    default = prompts.get(configuration.get("default_prompt_name") or "", "")
    named = door.module("mteb.models.abs_encoder").get_prompt_name
    with door.undisturbed():
        chosen = {role: named(prompts, tasks[role], prompt_type(role)) for role in ROLES}
    return {
        role: prompts[name] if name else next((prompts[own] for own in _NAMES[role] if own in prompts), default)
        for role, name in chosen.items()
    }


def _neutral(role: Role) -> Any:
    kind, of_class = _KINDS[role]
    with door.undisturbed():
        return door.module().TaskMetadata(
            name="AnyTexts",
            description="Texts of which nothing is known but their role.",
            prompt=getattr(door.module("mteb.abstasks"), of_class).abstask_prompt,
            type=kind,
            category="t2t",
            dataset={"path": "none", "revision": "none"},
            eval_langs=["eng-Latn"],
            main_score="none",
        )


def _task(name: str, spec: str) -> Any:
    mteb = door.module()
    with door.undisturbed():
        try:
            return mteb.get_task(name).metadata
        except KeyError:
            known = [task.metadata.name for task in mteb.get_tasks(exclude_superseded=False)]
    raise UsageError(f"{spec}: there is no task {name!r} in mteb {door.version()}. {nearest(name, known)}".rstrip())
