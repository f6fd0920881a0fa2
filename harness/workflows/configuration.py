"""harness.toml: embedders by name, suites, store, cache, threads, consent, prices, weights, gate."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from harness.catalogue.mteb.names import MODELSCOPE, is_mteb
from harness.errors import UsageError, nearest
from harness.gate import policy as gate_policy
from harness.gate.policy import GatePolicy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

FILE = Path("harness.toml")
STORE = Path("results/results.duckdb")
_KEYS: Mapping[str, tuple[type, str]] = {
    "embedders": (dict, '[embedders] with lines like minilm = "st:all-MiniLM-L6-v2"'),
    "suites": (list, 'a list like ["zh", "en/process", "./my-suite"]'),
    "store": (str, "a path"),
    "cache": (str, "a path"),
    "threads": (int, "a whole number, at least 1"),
    "allow_remote": (list, 'a list of hosts without address or path, like ["api.openai.com", "10.0.0.7:8000"]'),
    "prices": (dict, '[prices] with lines like "text-embedding-3-small" = 0.02'),
    "weights": (dict, '[weights] with lines like "zh/lexical-gap" = 2.0'),
    "gate": (dict, '[gate] with lines like baseline = "main"'),
}

_CURRENCY = "USD"
_PRICE = 'must be an amount for a million tokens, from 0, like 0.02 or {per_million = 0.5, currency = "CNY"}'
_MEMBER = re.compile(r"(?<=[(,])[^(),:?=]+(?=[,)])")
"""What may be a name between brackets, as in hybrid:rrf(bm25:,mine)."""

_DATA = re.compile(r"([?&]data=)([^&]*)")
"""Where the data of one of mteb's tasks lie."""


@dataclass(frozen=True)
class Configuration:
    """What harness.toml says; paths in it are relative to its folder. embedders: name → spec.

    allow_remote: hosts to which texts may be sent. prices: model or host/model → amount, currency. weights: suite → how
    much it counts in an average, 1 where it is not named. gate: what a candidate is held to. options: what a command
    has to repeat to mean the same: --config and --store, where they were given and are not the default.
    """

    embedders: Mapping[str, str] = field(default_factory=dict)
    suites: tuple[str, ...] = ()
    store: Path = STORE
    cache: Path | None = None
    threads: int | None = None
    allow_remote: tuple[str, ...] = ()
    prices: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    gate: GatePolicy = field(default_factory=GatePolicy)
    options: tuple[str, ...] = ()

    def spec(self, name: str) -> str:
        """The spec that a name stands for, or the name itself where it is a spec; members of a combination likewise."""
        if name in self.embedders or ":" in name:
            return _MEMBER.sub(self._member, self.embedders.get(name, name))
        known = ", ".join(self.embedders) or "none"
        raise UsageError(
            f"{name!r} is neither a spec (backend:model) nor a name in {FILE}. {nearest(name, self.embedders)}"
            f"Names there: {known}. `harness embedders list` shows the backends."
        )

    def _member(self, found: re.Match[str]) -> str:
        return self.spec(found[0]) if found[0] in self.embedders else found[0]


def read_configuration(file: Path | None) -> Configuration:
    """Read `file`, or ./harness.toml where it is None and that exists. Raises UsageError with file and key."""
    path = file or FILE
    if file is None and not path.is_file():
        return Configuration()
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        hint = 'A name with other letters than A to Z needs quotes, as in "模型" = "st:…".'
        raise UsageError(f"{path}: not TOML: {error}. {hint}") from error
    faults = _faults(values)
    if faults:
        raise UsageError("\n".join([f"{path} has {len(faults)} fault(s):", *(f"  {path} {fault}" for fault in faults)]))
    return Configuration(
        embedders=values.get("embedders", {}),
        suites=tuple(_anchored(suite, path.parent) for suite in values.get("suites", [])),
        store=path.parent / Path(values.get("store", STORE)).expanduser(),
        cache=path.parent / Path(values["cache"]).expanduser() if "cache" in values else None,
        threads=values.get("threads"),
        allow_remote=tuple(host.lower() for host in values.get("allow_remote", [])),
        prices={name: _price(price) for name, price in values.get("prices", {}).items()},
        weights={suite: float(weight) for suite, weight in values.get("weights", {}).items()},
        gate=gate_policy.policy(values.get("gate", {}), str(path)).renamed(lambda suite: _anchored(suite, path.parent)),
        options=("--config", str(path)) if path.absolute() != FILE.absolute() else (),
    )


def _faults(values: Mapping[str, Any]) -> list[str]:
    unknown = [f"[{key}]: unknown key; known are {', '.join(_KEYS)}" for key in values if key not in _KEYS]
    known = {key: value for key, value in values.items() if key in _KEYS}
    wrong = [f"[{key}]: must be {_KEYS[key][1]}" for key, value in known.items() if not _fits(key, value)]
    sound = {} if wrong else known
    inside = [fault for name, spec in sound.get("embedders", {}).items() for fault in _misnamed(name, spec)]
    inside += [f"[prices.{name}]: {_PRICE}" for name, price in sound.get("prices", {}).items() if not _is_price(price)]
    inside += [fault for name, weight in sound.get("weights", {}).items() for fault in _misweighed(name, weight)]
    inside += gate_policy.faults(sound.get("gate", {}))
    return unknown + wrong + inside


def _fits(key: str, value: Any) -> bool:
    if key == "threads":
        return type(value) is int and value >= 1
    if key in {"suites", "allow_remote"}:
        return (
            isinstance(value, list)
            and all(isinstance(one, str) for one in value)
            and (key == "suites" or _hosts(value))
        )
    return isinstance(value, _KEYS[key][0])


def _hosts(values: Iterable[str]) -> bool:
    return all(value and not set(value) & set("/@? ") for value in values)


def _is_price(value: Any) -> bool:
    given = value if isinstance(value, dict) else {"per_million": value}
    amount, currency = given.get("per_million", -1), given.get("currency", _CURRENCY)
    sound = type(amount) in {int, float} and 0 <= amount < math.inf
    return sound and not given.keys() - {"per_million", "currency"} and bool(re.fullmatch("[A-Z]{3}", str(currency)))


def _misweighed(suite: str, weight: Any) -> Iterator[str]:
    if type(weight) not in {int, float} or not 0 < weight < math.inf:
        yield f"[weights.{suite}]: must be a number above 0, like 2.0"
    if suite.startswith((".", "/", "~")):
        yield f"[weights.{suite}]: must be the name that the suite has in tables, not a path"


def _price(value: Any) -> tuple[float, str]:
    given = value if isinstance(value, dict) else {"per_million": value}
    return float(given["per_million"]), given.get("currency", _CURRENCY)


def _misnamed(name: str, spec: Any) -> Iterator[str]:
    if not isinstance(spec, str) or ":" not in spec:
        yield f"[embedders.{name}]: must be a spec of the form backend:model"
    if ":" in name:
        yield f"[embedders.{name}]: a name has no colon"


def _anchored(suite: str, folder: Path) -> str:
    """A path written as such (./x, ../x, ~/x, /x) is relative to the file; a plain name may be built in.

    The data of one of mteb's tasks are a path however they are written, or on a hub (modelscope:…).
    """
    if is_mteb(suite):
        return _DATA.sub(lambda found: found[1] + _anchored_data(found[2], folder), suite)
    # Absolute, because `./zh` without its dot would be the built-in suite.
    return str(folder.absolute() / Path(suite).expanduser()) if suite.startswith((".", "/", "~")) else suite


def _anchored_data(data: str, folder: Path) -> str:
    written = unquote(data)
    if written.startswith(MODELSCOPE):
        return data
    return quote(str(folder.absolute() / Path(written).expanduser()), safe="/:\\ ")
