"""Models that take pictures: a tiny CLIP made on the spot, through the commands and alone."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.st.identity import Checkpoint
from harness.embedders.st.pictures import MOST_PIXELS, decoded, takes_pictures
from harness.errors import EmbedderError
from harness.evaluate import evaluate
from harness.model import Embedder, Image, reads_images

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

pytestmark = pytest.mark.real("sentence_transformers", "PIL")

COLOURS = ("red", "blue", "green", "white")
WORDS = ["<unk>", "<start>", "<end>", "a", "picture", *COLOURS]


def tokenizer() -> Any:
    """Words as tokens."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = {word: place for place, word in enumerate(WORDS)}
    made = Tokenizer(models.WordLevel(words, unk_token="<unk>"))  # noqa: S106 # a token of a text
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="<start> $A <end>", special_tokens=[("<start>", 1), ("<end>", 2)]
    )
    names = {"unk_token": "<unk>", "bos_token": "<start>", "eos_token": "<end>", "pad_token": "<end>"}
    return PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=16, **names)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CLIP of one layer and 16 dimensions on pictures of 32 × 32, with weights drawn at random."""
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor

    layers = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    ends = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2, "max_position_embeddings": 16}
    text = {**layers, **ends, "vocab_size": len(WORDS)}
    vision = {**layers, "image_size": 32, "patch_size": 16}
    folder = tmp_path_factory.mktemp("clip")
    CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=16)).save_pretrained(folder)
    images = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    CLIPProcessor(image_processor=images, tokenizer=tokenizer()).save_pretrained(folder)
    return folder


@pytest.fixture
def coloured(tmp_path: Path) -> Path:
    """A suite: which of four pictures has the colour?"""
    from PIL import Image as Pillow

    folder = tmp_path / "coloured"
    (folder / "images").mkdir(parents=True)
    for colour in COLOURS:
        Pillow.new("RGB", (40, 30), colour).save(folder / "images" / f"{colour}.png")
    tables = "{queries: queries.jsonl, corpus: corpus.jsonl, qrels: qrels.tsv}"
    (folder / "suite.yaml").write_text(
        f"title: Colours\nlicence: CC0-1.0\ntask: retrieval\ntables: {tables}\nmetrics: [mrr@10, hit@1]\n",
        encoding="utf-8",
    )
    queries = [{"_id": colour, "text": f"a {colour} picture"} for colour in COLOURS]
    corpus = [{"_id": f"d{n}", "image": f"images/{colour}.png"} for n, colour in enumerate(COLOURS)]
    for name, rows in (("queries", queries), ("corpus", corpus)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    lines = [f"{colour}\td{n}" for n, colour in enumerate(COLOURS)]
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_a_suite_of_pictures_is_run_and_remembered(
    harness: Callable[..., Any], clip: Path, coloured: Path, tmp_path: Path
) -> None:
    """Texts and pictures are embedded and judged, once; who reads texts only is not applicable."""
    command = ("run", "-s", coloured, "-e", f"st:{clip}", "-e", "bm25:", "-e", "baseline:hashing")
    command += ("--format", "json", "--store", tmp_path / "r.duckdb")
    first, second = harness(*command), harness(*command)
    assert first.code == second.code == 0
    assert "(8 texts embedded" in first.stderr
    assert "(8 texts embedded" not in second.stderr
    counts = "SELECT status, count(*) AS scores, count(value) AS numbers FROM score GROUP BY status ORDER BY status"
    recorded = harness("sql", counts, "--format", "json", "--store", tmp_path / "r.duckdb").stdout
    assert [list(row.values()) for row in json.loads(recorded)] == [["not_applicable", 8, 0], ["ok", 4, 4]]
    assert "reads texts, and there are pictures among the documents" in first.stderr


def test_vectors_are_the_librarys(clip: Path, coloured: Path) -> None:
    """Pictures and texts in one call get the vectors that sentence-transformers gives to each of them alone."""
    from PIL import Image as Pillow
    from sentence_transformers import SentenceTransformer

    files = [coloured / "images" / f"{colour}.png" for colour in COLOURS]
    mixed = [f(x) for x in files for f in (lambda file: Image(file, file.read_bytes()), lambda file: f"a {file.stem}")]
    ours = cast("Embedder", open_embedder(parse_spec(f"st:{clip}"))).embed(mixed, "either")
    model = SentenceTransformer(str(clip), device="cpu")
    pictures = model.encode([Pillow.open(file).convert("RGB") for file in files])
    texts = model.encode([f"a {file.stem}" for file in files])
    np.testing.assert_allclose(ours[::2], pictures, atol=1e-5)
    np.testing.assert_allclose(ours[1::2], texts, atol=1e-5)
    assert np.abs(np.diff(pictures, axis=0)).max() > 1e-3


@pytest.mark.parametrize("options", ["", "?dimensions=8", "?similarity=dot", "?dimensions=4&precision=int8"])
def test_what_stands_around_a_model_reads_what_it_reads(clip: Path, options: str) -> None:
    """Options that use vectors take nothing away."""
    assert reads_images(open_embedder(parse_spec(f"st:{clip}{options}")))
    assert reads_images(open_embedder(parse_spec(f"baseline:random{options}")))


@pytest.mark.parametrize("spec", ["baseline:hashing", "baseline:onehot", "bm25:"])
def test_who_reads_texts_only(spec: str, coloured: Path) -> None:
    """Neither judged on a path nor given a zero."""
    from harness.catalogue import Place, load_suite

    embedder = open_embedder(parse_spec(spec))
    outcome = evaluate(load_suite(Place("coloured", coloured)), embedder)
    assert outcome.status == "not_applicable"
    assert {score.value for score in outcome.scores} == {None}
    assert "pictures among the documents" in outcome.reason


def test_a_picture_never_reaches_who_reads_texts(coloured: Path) -> None:
    """Not even when nobody asked first."""
    file = coloured / "images" / "red.png"
    with pytest.raises(EmbedderError, match="reads texts"):
        cast("Embedder", open_embedder(parse_spec("baseline:hashing"))).embed([Image(file, file.read_bytes())], "query")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"config.json": {"vision_config": {}}}, True),
        ({"config.json": {"model_type": "bert"}}, False),
        ({"modules.json": [{"type": "sentence_transformers.models.CLIPModel", "path": "0_CLIPModel"}]}, True),
        (
            {
                "modules.json": [{"type": "sentence_transformers.base.modules.transformer.Transformer", "path": ""}],
                "sentence_bert_config.json": {"modality_config": {"text": {}}},
                "config.json": {"vision_config": {}},
            },
            False,
        ),
        ({"sentence_bert_config.json": {"modality_config": {"text": {}, "image": {}}}}, True),
        ({}, False),
    ],
)
def test_what_the_files_say(tmp_path: Path, files: Mapping[str, Any], expected: bool) -> None:  # noqa: FBT001 # a parameter of pytest
    """Whether a model takes pictures is known before its weights are loaded."""
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    assert takes_pictures(Checkpoint(str(tmp_path), "m", "1")) is expected


def test_pictures_that_cannot_be_decoded(coloured: Path, tmp_path: Path) -> None:
    """A file that changed, broke, or unfolds to more than memory holds ends in an error that names it."""
    from PIL import Image as Pillow

    file = coloured / "images" / "red.png"
    image = Image(file, file.read_bytes())
    assert decoded(image).getpixel((1, 1)) == (255, 0, 0)
    shutil.copy(coloured / "images" / "blue.png", file)
    with pytest.raises(EmbedderError, match="has changed since"):
        decoded(image)
    broken = tmp_path / "broken.png"
    broken.write_bytes(image.path.read_bytes()[:60])
    with pytest.raises(EmbedderError, match=r"broken\.png cannot be decoded"):
        decoded(Image(broken, broken.read_bytes()))
    bomb = tmp_path / "bomb.png"
    Pillow.new("1", (4097, 4096)).save(bomb)
    assert MOST_PIXELS < 4097 * 4096
    with pytest.raises(EmbedderError, match="4097 × 4096 pixels"):
        decoded(Image(bomb, bomb.read_bytes()))
