"""Identity, prompts and symmetry of a sentence-transformers model, read without loading its weights."""

from __future__ import annotations

import importlib.util
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from harness.embedders.st.embedder import SentenceTransformersEmbedder
from harness.embedders.st.identity import is_symmetric, locate, prompts, transformer_table
from harness.errors import EmbedderError, UsageError
from harness.model import Spec

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None, reason="the extra st is not installed"
)

MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
]

FILES = {
    "modules.json": json.dumps(MODULES),
    "config.json": "{}",
    "config_sentence_transformers.json": "{}",
    "sentence_bert_config.json": '{"max_seq_length": 256}',
    "tokenizer.json": "{}",
    "vocab.txt": "[UNK]",
    "model.safetensors": "weights",
    "1_Pooling/config.json": '{"pooling_mode_mean_tokens": true}',
}


def folder_at(path: Path, **changes: Any) -> Path:
    """A folder with the files of a model, its weights a word; `config=` and `modules=` are written as JSON."""
    contents = dict(FILES)
    if "config" in changes:
        contents["config_sentence_transformers.json"] = json.dumps(changes["config"])
    if "modules" in changes:
        contents["modules.json"] = json.dumps(changes["modules"])
    for name, content in contents.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(content, "utf-8")
    return path


def spec(name: object, **options: str) -> Spec:
    """`st:name?options`."""
    return Spec(f"st:{name}", "st", str(name), options)


def embedder(name: object, **options: str) -> SentenceTransformersEmbedder:
    """The embedder of `st:name?options`, no weights loaded."""
    return SentenceTransformersEmbedder(spec(name, **options))


@pytest.mark.parametrize("file", FILES)
def test_a_byte_of_any_file_that_is_loaded_is_another_model(tmp_path: Path, file: str) -> None:
    """A change of weights, tokenizer, pooling or configuration changes the key, so no cache can mix the two."""
    folder = folder_at(tmp_path / "model")
    before = embedder(folder).identity
    content = (folder / file).read_text("utf-8")
    # A blank more keeps JSON readable, and is a byte like any other.
    (folder / file).write_text(content + " ", "utf-8")
    assert embedder(folder).identity.key != before.key


def test_two_checkpoints_in_folders_of_one_name_are_two_models(tmp_path: Path) -> None:
    """Only the revision tells `a/model` and `b/model` apart, and it does."""
    one, other = folder_at(tmp_path / "a" / "model"), folder_at(tmp_path / "b" / "model")
    (other / "model.safetensors").write_text("retrained", "utf-8")
    identities = embedder(one).identity, embedder(other).identity
    assert {identity.name for identity in identities} == {"model"}
    assert identities[0].key != identities[1].key


def test_a_copied_folder_is_the_same_model(tmp_path: Path) -> None:
    """Where a folder lies, what its README says and who trained it decide no vector."""
    original = folder_at(tmp_path / "here" / "model")
    copy = tmp_path / "there" / "model"
    shutil.copytree(original, copy)
    for name in ("README.md", ".gitattributes", "optimizer.pt"):
        (copy / name).write_text("beside the point", "utf-8")
    assert embedder(copy).identity == embedder(original).identity


def test_options_that_decide_vectors_are_part_of_the_identity(tmp_path: Path) -> None:
    """dtype, length, prompts … make another embedder; device, batch size and spelt-out defaults do not."""
    folder = folder_at(tmp_path / "model")
    plain = embedder(folder).identity
    assert embedder(folder, device="cpu", batch_size="7", dtype="float32", backend="torch").identity == plain
    asked = {
        "document_prompt": "",
        "dtype": "float16",
        "max_length": "32",
        "query_prompt": "query: ",
        "trust_remote_code": "true",
    }
    assert embedder(folder, **asked).identity.options == tuple(asked.items())


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, ("", "", "")),
        ({"prompts": {"query": "q: "}}, ("q: ", "", "")),
        ({"prompts": {"query": "q: ", "document": "d: ", "passage": "p: "}}, ("q: ", "d: ", "")),
        ({"prompts": {"query": "q: ", "passage": "p: "}}, ("q: ", "p: ", "")),
        ({"prompts": {"query": "q: ", "corpus": "c: "}}, ("q: ", "c: ", "")),
        ({"prompts": {"sts": "s: "}, "default_prompt_name": "sts"}, ("s: ", "s: ", "s: ")),
        ({"prompts": {"query": "q: ", "document": ""}, "default_prompt_name": "query"}, ("q: ", "", "q: ")),
        ({"prompts": {"query": None}, "default_prompt_name": None}, ("", "", "")),
    ],
)
def test_prompts_are_the_models_own(tmp_path: Path, config: dict[str, Any], expected: tuple[str, ...]) -> None:
    """A role takes the prompt of its name, else the default prompt; no role takes the default prompt."""
    checkpoint = locate(spec(folder_at(tmp_path / "model", config=config)), None)
    assert tuple(prompts(checkpoint, {}).values()) == expected
    assert prompts(checkpoint, {"document": "mine "})["document"] == "mine "
    assert not prompts(checkpoint, {"query": ""})["query"]


@pytest.mark.parametrize(
    ("config", "options", "symmetric"),
    [
        ({}, {}, True),
        ({"prompts": {"query": "", "document": ""}}, {}, True),
        ({"prompts": {"all": "x"}, "default_prompt_name": "all"}, {}, True),
        ({"prompts": {"query": "q: "}}, {}, False),
        ({"prompts": {"query": "q: "}}, {"query_prompt": ""}, True),
        ({}, {"document_prompt": "d: "}, False),
    ],
)
def test_differing_prompts_make_a_model_asymmetric(
    tmp_path: Path, config: dict[str, Any], options: dict[str, str], *, symmetric: bool
) -> None:
    """A model is symmetric when a text is embedded under the same prompt in every role."""
    folder = folder_at(tmp_path / "model", config=config)
    assert embedder(folder, **options).identity.symmetric is symmetric


@pytest.mark.parametrize(
    "kind", ["sentence_transformers.models.Router", "sentence_transformers.models.Asym", "own.Layer"]
)
def test_modules_that_see_the_role_make_a_model_asymmetric(tmp_path: Path, kind: str) -> None:
    """A router sends queries and documents through different weights; a module of the model's own may."""
    modules = [*MODULES, {"idx": 2, "name": "2", "path": "2", "type": kind}]
    checkpoint = locate(spec(folder_at(tmp_path / "model", modules=modules)), None)
    assert not is_symmetric(checkpoint, prompts(checkpoint, {}))


def test_different_lengths_make_a_model_asymmetric(tmp_path: Path) -> None:
    """A transformer that cuts queries and documents at different lengths gives them different vectors."""
    folder = folder_at(tmp_path / "model")
    (folder / "sentence_bert_config.json").write_text('{"query_length": 32, "document_length": 300}', "utf-8")
    assert not embedder(folder).identity.symmetric


def test_a_transformer_is_configured_by_the_first_file_that_the_library_finds(tmp_path: Path) -> None:
    """Old models have names of their own; an empty file counts as none."""
    folder = folder_at(tmp_path / "model")
    (folder / "sentence_xlnet_config.json").write_text('{"max_seq_length": 3}', "utf-8")
    assert transformer_table(locate(spec(folder), None), "") == {"max_seq_length": 256}
    (folder / "sentence_bert_config.json").write_text("{}", "utf-8")
    assert transformer_table(locate(spec(folder), None), "") == {"max_seq_length": 3}
    (folder / "sentence_roberta_config.json").write_text('{"query_length": 2}', "utf-8")
    assert transformer_table(locate(spec(folder), None), "") == {"query_length": 2}
    assert not embedder(folder).identity.symmetric


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config_sentence_transformers.json", "{"),
        ("config_sentence_transformers.json", "[]"),
        ("modules.json", '{"type": "x"}'),
        ("modules.json", '[{"path": ""}]'),
        ("sentence_bert_config.json", "12"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, file: str, content: str) -> None:
    """A configuration file that cannot be read is an error that says which one, and what to do."""
    folder = folder_at(tmp_path / "model")
    (folder / file).write_text(content, "utf-8")
    with pytest.raises(EmbedderError, match=rf"{file} of .*model is damaged.*Fetch the model again"):
        embedder(folder)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    """A folder, or a path where none is, says what is missing and where it was looked for."""
    with pytest.raises(EmbedderError, match=r"holds no model: neither modules.json nor config.json"):
        embedder(tmp_path)
    with pytest.raises(EmbedderError, match=rf"no model folder at {tmp_path}/absent"):
        embedder(tmp_path / "absent")
    with pytest.raises(EmbedderError, match=r"no model folder at .*models/a/b"):
        embedder("models/a/b")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"revision": "main"}, "a folder has no revision"),
        ({"dtype": "int8"}, "bfloat16, float16, float32"),
        ({"backend": "onnx", "dtype": "float16"}, "backend=onnx computes in float32"),
        ({"max_length": "0"}, "at least 1"),
        ({"max_lenght": "5"}, "Did you mean 'max_length'"),
    ],
)
def test_options_that_do_not_fit_are_usage_errors(tmp_path: Path, options: dict[str, str], message: str) -> None:
    """What cannot be honoured is refused before anything is loaded."""
    with pytest.raises(UsageError, match=message):
        embedder(folder_at(tmp_path / "model"), **options)


def test_a_spec_needs_a_name() -> None:
    """`st:` alone names nothing."""
    with pytest.raises(UsageError, match="name a folder or a model of the hub"):
        embedder("")
