"""Listing and checking embedders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import plugins
from harness.embedders.packaged import PACKAGES
from harness.embedders.remote.terms import Terms
from harness.embedders.resolve import open_embedder, parse_spec
from harness.testing import Check, check_embedder
from harness.workflows.terms import demand_consent, under

if TYPE_CHECKING:
    from harness.embedders.packaged.package import Package
    from harness.workflows.configuration import Configuration

BACKENDS = {
    "baseline": "random, onehot, hashing: random vectors, exact words, spelling",
    "bm25": "lexical ranking; Chinese as character bigrams; retrieval suites only",
    "ce": "cross-encoders: a hub name or a folder (extra st), or behind base_url=… (extra openai); reranking suites, "
    "or hybrid:rerank(bm25:,ce:…)",
    "hybrid": "several of these as one: rrf(…,…), weighted(…,…), rerank(…,ce:…)",
    "litellm": "whatever the litellm package speaks to: litellm:cohere/embed-v4.0; needs the extra litellm",
    "mteb": "a model of mteb's registry, loaded and prompted by mteb: mteb:intfloat/multilingual-e5-small; needs the "
    "extra mteb",
    "openai": "OpenAI, and servers that speak its protocol (base_url=http://127.0.0.1:8000/v1); needs the extra openai",
    "packaged": "models whose weights ship inside a registry package; see below",
    "st": "sentence-transformers: a hub name or a folder; needs the extra st",
    "static": "model2vec folders; needs the extra static",
    "tokens": "the input embeddings of a transformer, averaged, without its encoder; needs the extra st",
    "vectors": "word2vec, GloVe and fastText files; needs the extra vectors",
}


def listing(configuration: Configuration) -> tuple[list[str], list[list[object]]]:
    """Backends, packaged models and configured names as columns and rows."""
    rows: list[list[object]] = []
    for backend, target in sorted({**plugins.names("embedders"), **plugins.names("combinations")}.items()):
        rows.append([f"{backend}:", "backend", BACKENDS.get(backend, f"from {target.partition(':')[0]}")])
    rows += [[f"packaged:{name}", "model", _about(package)] for name, package in PACKAGES.items()]
    rows += [[name, "harness.toml", spec] for name, spec in configuration.embedders.items()]
    return ["embedder", "what", "about"], rows


def _about(package: Package) -> str:
    where = f"{package.distribution} {package.version}"
    found = (
        f"in {where}" if package.installed else f"not installed: pip install {package.distribution}=={package.version}"
    )
    return (
        f"{package.provenance}; {package.languages}; {package.dimension} dimensions; {package.model_licence}; {found}"
    )


def check(text: str, terms: Terms | None = None) -> tuple[Check, ...]:
    """The contract checks on the embedder that a spec stands for. Raises UsageError where the terms do not allow it."""
    agreed = terms or Terms()
    demand_consent(agreed, [text])
    return check_embedder(open_embedder(parse_spec(text), under(agreed)))
