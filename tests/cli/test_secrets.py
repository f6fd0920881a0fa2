"""A key stays in the environment: whatever fails, it is in no message, log, report, store or cache."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import duckdb
import pytest

from harness.embedders.vector_cache import VectorCache
from tests.faults import since, when
from tests.faulty_server import Answer, error, sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faulty_server import Asked, Fault, FaultyServer

pytest.importorskip("openai", reason="the extra openai is not installed")

LEAST = 12
"""Characters of a key that must not be seen together."""


def in_base64(content: str) -> str:
    """As it stands in a header of basic authentication."""
    return base64.b64encode(content.encode()).decode()


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "URL-encoded": lambda key: quote(key, safe=""),
    "URL-encoded but for slashes": quote,
    "as in a form": quote_plus,
    "base64": in_base64,
    "base64 behind one byte": lambda key: in_base64(f":{key}"),
    "base64 behind two": lambda key: in_base64(f"k:{key}"),
    "base64 for URLs": lambda key: base64.urlsafe_b64encode(key.encode()).decode(),
    "base64 of the header": lambda key: in_base64(f"Bearer {key}"),
    "in JSON with escaped slashes": lambda key: json.dumps(key).replace("/", "\\/"),
}
"""How somebody who got a key may write it."""


def written(key: str) -> list[bytes]:
    """A key in every form; what base64 makes of bytes around it is left out."""
    cut = {name: form(key) for name, form in FORMS.items()}
    cut["base64 of the header"] = cut["base64 of the header"][12:]
    cut |= {name: cut[name][4:-4] for name in cut if name.startswith("base64 behind")}
    return [form.encode() for form in cut.values()]


def stretches(key: str) -> set[bytes]:
    """Every stretch of 12 characters in every form of a key."""
    return {form[start : start + LEAST] for form in written(key) for start in range(len(form) - LEAST + 1)}


def _pieces(form: bytes) -> list[bytes]:
    """A form cut into pieces of 6: wherever 12 characters of it begin, a whole piece is among them."""
    size = LEAST // 2
    return [form[start : start + size] for start in range(0, len(form) - size + 1, size)]


def said_by(asked: Asked) -> str:
    """The key that was sent."""
    return asked.headers["authorization"].removeprefix("Bearer ")


def refusing(status: int, form: Callable[[str], str] = str) -> Fault:
    """An error that repeats the key."""
    return lambda asked: error(status, f"Incorrect API key provided: {form(said_by(asked))}. See /account/api-keys.")


def rows(row: Callable[[int, str], Any]) -> Fault:
    """An answer whose rows are made of index and key."""
    return lambda asked: Answer(
        body={"data": [row(index, said_by(asked)) for index in range(len(asked.texts))], "model": "m"}
    )


def with_field(name: str, value: Callable[[str], Any]) -> Fault:
    """The right answer with something else in one field."""

    def answer(asked: Asked) -> Answer:
        right = sound(asked)
        return replace(right, body=right.body | {name: value(said_by(asked))})

    return answer


def raw(status: int, body: Callable[[str], str], kind: str = "application/json", **headers: str) -> Fault:
    """These bytes; `{key}` in a header is the key."""
    return lambda asked: Answer(
        status,
        body(said_by(asked)).encode(),
        {
            "Content-Type": kind,
            **{name.replace("_", "-"): value.format(key=said_by(asked)) for name, value in headers.items()},
        },
    )


WAYS: dict[str, Fault] = {
    **{f"401, the key {name}": refusing(401, form) for name, form in FORMS.items()},
    "401, half of the key": refusing(401, lambda key: key[: len(key) // 2] + "..."),
    "401, the other half": refusing(401, lambda key: "..." + key[len(key) // 2 :]),
    "400": refusing(400),
    "403": refusing(403),
    "429, no credit": lambda asked: error(429, f"no credit left for {said_by(asked)}", "insufficient_quota"),
    "500": refusing(500),
    "404 in plain text": raw(404, lambda key: f"no route for {key}", "text/plain"),
    "redirect": raw(307, lambda _: "", Location="http://127.0.0.1:9/?api_key={key}"),
    "headers": raw(401, lambda _: "{}", X_Request_Id="{key}", WWW_Authenticate='Basic realm="{key}"'),
    "when to ask again": raw(429, lambda _: "{}", Retry_After="{key}"),
    "bad JSON": raw(200, lambda key: f'{{"data": [{{"key": "{key}'),
    "a page": raw(200, lambda key: f"<p>Hello {key}</p>", "text/html"),
    "a string": raw(200, json.dumps),
    "an error with status 200": raw(200, lambda key: json.dumps({"error": {"message": f"bad {key}"}})),
    "words for numbers": rows(lambda index, key: {"index": index, "embedding": [key, key]}),
    "a word for a vector": rows(lambda index, key: {"index": index, "embedding": key}),
    "an object for a vector": rows(lambda index, key: {"index": index, "embedding": {key: key}}),
    "a word for an index": rows(lambda _, key: {"index": key, "embedding": [1.0, 2.0]}),
    "a list for an index": rows(lambda _, key: {"index": [key], "embedding": [1.0, 2.0]}),
    "a word for a row": rows(lambda _, key: key),
    "the name of the model": with_field("model", str),
    "another name each time": since(1, with_field("model", lambda key: f"{key}-2")),
    "usage": with_field("usage", lambda key: {"prompt_tokens": key, "total_tokens": key}),
    "usage that is no object": with_field("usage", str),
}
"""What a server may do with a key that it was sent."""

BROKEN_KEYS = {
    "a line break": "sk-{}\n{}",
    "a carriage return": "sk-{}\r{}",
    "a tab": "sk-{}\t{}",
    "a space": "sk-{} {}",
    "another script": "sk-{}密钥{}",
    "an accent": "sk-{}é{}",
    "half a surrogate pair": "sk-{}\udcff{}",
    "a control sign": "sk-{}\x01{}",
    "quotes": '"sk-{}{}"',
}
"""Keys as they come out of a copied line or a file; most fit in no header, and who refuses them quotes them."""


class Hunt:
    """Looks for keys in all that a command left behind."""

    def __init__(self, folder: Path, *keys: str) -> None:
        self.keys = keys
        self._folder = folder
        self._wanted = {stretch for key in keys for stretch in stretches(key)}
        # Every stretch has one of these in it, so that most contents are looked through for few.
        self._signs = {sign for key in keys for form in written(key) for sign in _pieces(form)}

    def shows(self, content: str | bytes) -> bool:
        """Whether a stretch of a key stands there; in a text, line breaks and frames of a table do not hide it."""
        if isinstance(content, bytes):
            return any(sign in content for sign in self._signs) and any(part in content for part in self._wanted)
        joined = "".join(content.replace("│", "").split())
        return any(self.shows(text.encode("utf-8", "surrogateescape")) for text in (content, joined))

    def files(self) -> list[str]:
        """The files that show one, stores read column by column too."""
        found = [str(file) for file in self._folder.rglob("*") if file.is_file() and self.shows(file.read_bytes())]
        return found + [str(file) for file in self._folder.rglob("*.duckdb") if self.shows(_dumped(file))]

    def demand_nothing(self, result: Any) -> None:
        """Neither the output of a command nor any file shows one."""
        assert not self.shows(result.stdout), "stdout"
        assert not self.shows(result.stderr), "stderr"
        assert self.files() == []


def _dumped(store: Path) -> str:
    with duckdb.connect(str(store), read_only=True) as connection:
        tables = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return "\n".join(str(connection.execute(f'SELECT * FROM "{name}"').fetchall()) for name in tables)  # noqa: S608 # names of its own tables


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Two random keys, with signs that URLs and JSON escape: of OpenAI, and in MY_KEY."""
    given = tuple(f"sk-{secrets.token_hex(8)}+/{secrets.token_hex(10)}&=~{secrets.token_hex(6)}" for _ in range(2))
    monkeypatch.setenv("OPENAI_API_KEY", given[0])
    monkeypatch.setenv("MY_KEY", given[1])
    return given


@pytest.fixture
def hunt(tmp_path: Path, keys: tuple[str, str]) -> Hunt:
    """For both keys, in whatever the test writes."""
    return Hunt(tmp_path, *keys)


def spec_of(url: str, options: str = "") -> str:
    """An embedder that sends MY_KEY there."""
    return f"openai:m?base_url={url}&api_key_env=MY_KEY&patience=1&timeout=1{options}"


@pytest.mark.parametrize("way", WAYS)
def test_no_answer_brings_the_key_out(
    way: str,
    hunt: Hunt,
    faulty: FaultyServer,
    harness: Callable[..., Any],
    pairs_suite: Path,
    store: Path,
) -> None:
    """Whatever a server does with the key: not in the output of the run, its store or its cache."""
    faulty.faults.append(WAYS[way])
    result = harness("run", "-s", pairs_suite, "-e", spec_of(faulty.url), "--store", store)
    assert said_by(faulty.asked[0]) == hunt.keys[1]
    hunt.demand_nothing(result)


@pytest.mark.parametrize("name", BROKEN_KEYS)
def test_no_broken_key_is_shown(
    name: str,
    tmp_path: Path,
    faulty: FaultyServer,
    start: Callable[..., Any],
    pairs_suite: Path,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Refused by name of its variable, with debug logs too; nothing is sent, no half of it is shown."""
    halves = secrets.token_hex(10), secrets.token_hex(10)
    monkeypatch.setenv("MY_KEY", BROKEN_KEYS[name].format(*halves))
    monkeypatch.setenv("OPENAI_LOG", "debug")
    process = start("run", "-s", pairs_suite, "-e", spec_of(faulty.url), "--store", store)
    stdout, stderr = process.communicate(timeout=60)
    Hunt(tmp_path, *halves).demand_nothing(type("Result", (), {"stdout": stdout, "stderr": stderr}))
    assert process.returncode == 4
    assert faulty.asked == []
    assert "MY_KEY" in stderr


@pytest.mark.parametrize("way", ["401, the key as it is", "redirect", "headers", "a page", "the name of the model"])
def test_no_log_shows_the_key(
    way: str,
    hunt: Hunt,
    faulty: FaultyServer,
    start: Callable[..., Any],
    pairs_suite: Path,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not in the logs of the packages that send the requests, either, nor in what Python says in development mode."""
    faulty.faults.append(WAYS[way])
    monkeypatch.setenv("OPENAI_LOG", "debug")
    monkeypatch.setenv("PYTHONDEVMODE", "1")
    process = start("run", "-s", pairs_suite, "-e", spec_of(faulty.url), "--store", store)
    stdout, stderr = process.communicate(timeout=60)
    assert said_by(faulty.asked[0]) == hunt.keys[1]
    assert "Traceback" not in stderr
    assert "Warning" not in stderr
    hunt.demand_nothing(type("Result", (), {"stdout": stdout, "stderr": stderr}))


def test_no_connection_and_no_answer_in_time(
    hunt: Hunt, faulty: FaultyServer, harness: Callable[..., Any], pairs_suite: Path, store: Path
) -> None:
    """A closed port, a server that is too slow and one that hangs up say nothing of the key."""
    closed = spec_of("http://127.0.0.1:9/v1")
    faulty.faults.append(lambda asked: replace(sound(asked), seconds=3.0))
    late = spec_of(faulty.url)
    result = harness("run", "-s", pairs_suite, "-e", closed, "-e", late, "--store", store)
    assert result.code == 4
    hunt.demand_nothing(result)
    faulty.faults[:] = [lambda asked: replace(sound(asked), cut=True)]
    hunt.demand_nothing(harness("run", "-s", pairs_suite, "-e", late, "--store", store))


@pytest.mark.parametrize(
    "spec",
    [
        "openai:m?api_key={key}",
        "openai:m?key={key}",
        "openai:m?access_token={key}",
        "openai:m?api_key_env={key}",
        "openai:m?base_url=http://user:{key}@127.0.0.1:9/v1",
        "openai:m?base_url=http://{key}@127.0.0.1:9/v1",
        "openai:m?base_url=http://127.0.0.1:9/v1?key={key}",
        "openai:m?base_url=http://127.0.0.1:9/v1%23{key}",
        "ce:m?base_url=http://127.0.0.1:9&api_key={key}",
        "hybrid:rrf(bm25:,openai:m?api_key={key})",
        "litellm:cohere/m?api_key={key}",
        "litellm:cohere/m?api_key_env={key}&wrong=1",
        "litellm:cohere/m?api_key_env={key}&dimensions=x",
        "litellm:cohere/m?api_key_env={key}&rpm=1&rpm=2",
        "litellm:nowhere/m?base_url=http://{key}@127.0.0.1:9/v1",
        "hybrid:rrf(bm25:,litellm:cohere/m?api_key_env={key},bm25:)?wrong=1",
        "hybrid:rrf(bm25:,litellm:cohere/m?base_url=http%3A%2F%2F{key}%40127.0.0.1)",
    ],
)
@pytest.mark.parametrize("command", ["run", "check", "toml"])
def test_a_key_in_a_spec_is_refused(
    command: str,
    spec: str,
    hunt: Hunt,
    harness: Callable[..., Any],
    pairs_suite: Path,
    store: Path,
    tmp_path: Path,
) -> None:
    """On the command line and in harness.toml: a usage error that does not repeat it; nothing is recorded."""
    key = "".join(sign for sign in hunt.keys[1] if sign.isalnum() or sign == "-")
    given = spec.format(key=key)
    wanted = Hunt(tmp_path, key)
    if command == "check":
        result = harness("embedders", "check", given)
    elif command == "run":
        result = harness("run", "-s", pairs_suite, "-e", given, "--store", store)
    else:
        file = tmp_path.parent / f"{tmp_path.name}.toml"  # it holds the key: outside of where keys are hunted
        file.write_text(f'[embedders]\nmine = "{given}"\n', "utf-8")
        result = harness("run", "--config", file, "-s", pairs_suite, "-e", "mine", "--store", store)
    assert result.code == 3, result.stderr
    wanted.demand_nothing(result)
    assert not store.exists()


def given_to(asked: Asked) -> str:
    """The key that a provider was sent, in whichever header."""
    return asked.headers.get("x-goog-api-key") or said_by(asked)


LITELLM = ["cohere", "gemini", "jina_ai", "voyage"]


@pytest.mark.real("litellm")
@pytest.mark.parametrize("provider", LITELLM)
@pytest.mark.parametrize("form", FORMS)
def test_no_answer_brings_the_key_of_a_provider_out(
    provider: str,
    form: str,
    hunt: Hunt,
    faulty: FaultyServer,
    harness: Callable[..., Any],
    pairs_suite: Path,
    store: Path,
) -> None:
    """Through litellm, which wraps what it gets into texts of its own."""
    faulty.faults.append(lambda asked: error(401, f"Incorrect API key: {FORMS[form](given_to(asked))}"))
    spec = f"litellm:{provider}/m?base_url={faulty.url}&api_key_env=MY_KEY&patience=1"
    result = harness("run", "-s", pairs_suite, "-e", spec, "--store", store)
    assert given_to(faulty.asked[0]) == hunt.keys[1]
    assert result.code == 4
    hunt.demand_nothing(result)


@pytest.mark.real("litellm")
@pytest.mark.parametrize("provider", LITELLM)
def test_no_log_shows_the_key_of_a_provider(
    provider: str,
    hunt: Hunt,
    faulty: FaultyServer,
    start: Callable[..., Any],
    pairs_suite: Path,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor a text, whatever the environment wants to be told."""
    faulty.faults.append(lambda asked: error(401, f"Incorrect API key: {given_to(asked)}"))
    monkeypatch.setenv("OPENAI_LOG", "debug")
    monkeypatch.setenv("LITELLM_LOG", "DEBUG")
    spec = f"litellm:{provider}/m?base_url={faulty.url}&api_key_env=MY_KEY&patience=1"
    process = start("run", "-s", pairs_suite, "-e", spec, "--store", store)
    stdout, stderr = process.communicate(timeout=60)
    assert given_to(faulty.asked[0]) == hunt.keys[1]
    assert "DEBUG" not in stderr
    assert "Traceback" not in stderr
    hunt.demand_nothing(type("Result", (), {"stdout": stdout, "stderr": stderr}))


@pytest.mark.real("litellm")
@pytest.mark.parametrize("name", BROKEN_KEYS)
def test_no_broken_key_of_a_provider_is_shown(
    name: str,
    tmp_path: Path,
    faulty: FaultyServer,
    harness: Callable[..., Any],
    pairs_suite: Path,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Refused by name of its variable; nothing is sent."""
    halves = secrets.token_hex(10), secrets.token_hex(10)
    monkeypatch.setenv("MY_KEY", BROKEN_KEYS[name].format(*halves))
    spec = f"litellm:gemini/m?base_url={faulty.url}&api_key_env=MY_KEY"
    result = harness("run", "-s", pairs_suite, "-e", spec, "--store", store)
    Hunt(tmp_path, *halves).demand_nothing(result)
    assert result.code == 4
    assert faulty.asked == []
    assert "MY_KEY" in result.stderr


def test_a_missing_key_is_named(
    hunt: Hunt, harness: Callable[..., Any], faulty: FaultyServer, pairs_suite: Path, store: Path
) -> None:
    """By its variable; no other key of the environment is sent in its place."""
    spec = f"openai:m?base_url={faulty.url}&api_key_env=ANOTHER_KEY"
    result = harness("run", "-s", pairs_suite, "-e", spec, "--store", store)
    assert result.code == 4
    assert "ANOTHER_KEY is not set" in result.stderr
    assert faulty.asked == []
    hunt.demand_nothing(result)


def test_the_key_of_openai_goes_to_nobody_else(
    hunt: Hunt, harness: Callable[..., Any], faulty: FaultyServer, pairs_suite: Path, store: Path
) -> None:
    """A server with an address of its own gets no key unless one is named, in no header and in no form."""
    result = harness("run", "-s", pairs_suite, "-e", f"openai:m?base_url={faulty.url}", "--store", store)
    assert result.code == 0
    assert faulty.asked
    assert not [asked for asked in faulty.asked if hunt.shows(str([*asked.headers.items(), asked.path, asked.body]))]


def test_what_works_keeps_the_key_too(
    hunt: Hunt, harness: Callable[..., Any], faulty: FaultyServer, pairs_suite: Path, store: Path, tmp_path: Path
) -> None:
    """Every command about a run that went well, beside one that did not; their reports written to files."""
    failing = spec_of(faulty.url, "&dimensions=3")
    faulty.faults.append(when(lambda asked: asked.body.get("dimensions") == 3, WAYS["401, the key as it is"]))
    assert harness("run", "-s", pairs_suite, "-e", failing, "--store", store).code == 4
    spec = spec_of(faulty.url)
    commands: list[tuple[object, ...]] = [
        ("run", "-s", pairs_suite, "-e", spec, "--store", store),
        ("embedders", "check", spec),
        ("run", "-s", pairs_suite, "-e", spec, "--store", store, "--plan"),
        ("findings", "--store", store),
        ("findings", "--store", store, "--format", "json"),
        ("sql", "SELECT * FROM run", "--store", store),
        *(("table", "--store", store, "--format", form) for form in ("json", "csv", "markdown")),
    ]
    for number, command in enumerate(commands):
        result = harness(*command)
        assert result.code == 0, (command, result.stderr)
        (tmp_path / f"report-{number}.txt").write_text(result.stdout, "utf-8")
        assert not hunt.shows(result.stdout + result.stderr)
    assert hunt.files() == []
    assert {said_by(asked) for asked in faulty.asked} == {hunt.keys[1]}


@pytest.mark.parametrize(("form", "half"), [*((form, False) for form in FORMS), ("as it is", True), ("base64", True)])
def test_the_hunt_finds_what_is_there(
    form: str,
    half: bool,  # noqa: FBT001 # as pytest calls it
    hunt: Hunt,
    harness: Callable[..., Any],
    plugin: Any,
    pairs_suite: Path,
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: a key in a message, in a run's reason, in a note of the cache and in a report is found in each."""
    del plugin
    key = hunt.keys[1][: len(hunt.keys[1]) // 2] if half else hunt.keys[1]
    planted = FORMS[form](key)
    assert hunt.files() == []
    assert not hunt.shows("sk-… nothing here")

    import odd_embedders

    def fail(*_: object) -> None:
        raise ValueError(planted)

    monkeypatch.setattr(odd_embedders, "open_odd", fail)
    result = harness("run", "-s", pairs_suite, "-e", "odd:sane", "--store", store)
    assert hunt.shows(result.stderr)
    assert hunt.shows(result.stdout)
    with VectorCache(tmp_path / "planted") as cache:
        cache.keep(b"note", {"planted": planted})
    (tmp_path / "report.txt").write_text(planted, "utf-8")
    found = hunt.files()
    assert {file.rpartition("/")[2] for file in found} >= {"results.duckdb", "data.mdb", "report.txt"}
