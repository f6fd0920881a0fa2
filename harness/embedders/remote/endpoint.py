"""Where a service is, and with which key it is asked."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import reduce
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.embedders.remote.redaction import without
from harness.errors import EmbedderError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from urllib.parse import SplitResult

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*|")
_FOUR_NUMBERS = re.compile(r"\d+(\.\d+){3}")
_SHOWN = 300  # characters of what a service says
_PATHS = ("/embeddings", "/rerank", "/reranks", "/completions")


@dataclass(frozen=True)
class Endpoint:
    """The address of a service. key_env: the environment variable that holds its key, empty where none is sent.

    Raises UsageError for an address that is none, and for one that says more than where the service is.
    """

    url: str
    key_env: str = ""

    def __post_init__(self) -> None:
        if not _VARIABLE.fullmatch(self.key_env):
            # Not shown: it may be the key itself.
            raise UsageError(
                "api_key_env names an environment variable in capitals, as in api_key_env=MY_KEY; this is none"
            )
        parts = _taken_apart(self.url)
        if parts is None:
            shown = self.url.rpartition("@")[2].partition("?")[0]
            raise UsageError(f"base_url={shown}: write an address like http://127.0.0.1:8000/v1")
        if "@" in parts.netloc or parts.query or parts.fragment:
            # Not shown: what stands there may be a secret.
            raise UsageError(
                f"base_url of {parts.hostname}: an address is written without user@, ? and #. A key is named with "
                "api_key_env=NAME, the api-version of Azure with api_version=…"
            )

    @property
    def host(self) -> str:
        """What consent is given to: the host, and its port where the address names one."""
        return urlsplit(self.url).netloc.lower()

    @property
    def is_local(self) -> bool:
        """Whether what is sent there stays on this machine: a loopback address."""
        name = (urlsplit(self.url).hostname or "").rstrip(".")
        if name == "localhost":  # not a name below it: who is asked for that is up to the resolver
            return True
        try:
            address = ip_address(name)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return (mapped or address).is_loopback

    def key(self) -> str:
        """The key, empty where none is sent. Raises EmbedderError when the environment lacks it, or no header takes it.

        What a header does not take is quoted, and shown, by whoever refuses it.
        """
        if not self.key_env:
            return ""
        key = _read(self.key_env)
        if not key:
            raise EmbedderError(
                f"{self.host} needs a key, and the environment variable {self.key_env} is not set. Set it, or name "
                "another one with api_key_env=NAME"
            )
        if not key.isascii() or not key.isprintable() or set(key) & set(" \"'"):
            raise EmbedderError(f"what {self.key_env} holds is no key: it has spaces, quotes or signs that no key has")
        return key

    def secrets(self) -> Sequence[str]:
        """What must not be shown when the service repeats it: the key."""
        return [_read(self.key_env)] if self.key_env else []

    def redacted(self, message: str) -> str:
        """A message without the secrets, in whatever form."""
        return reduce(without, self.secrets(), message)

    def quoted(self, said: str) -> str:
        """What the service says, on one line, without the secrets, and then cut."""
        return self.redacted(" ".join(said.split()))[:_SHOWN]


def endpoint_at(written: str, key_env: str = "") -> Endpoint:
    """The endpoint at an address, in one way of writing it. Raises UsageError."""
    url = written.strip().rstrip("/")
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    endpoint = Endpoint(f"{scheme.lower()}{separator}{host.lower()}{slash}{path}", key_env)
    if endpoint.url.endswith(_PATHS):
        raise UsageError(f"base_url={url}: leave off what stands behind /v1; it is added to each request")
    return endpoint


def _taken_apart(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        sound = parts.scheme in {"http", "https"} and bool(host) and parts.port != 0
        if _FOUR_NUMBERS.fullmatch(host):  # such as 0177.0.0.1, which some read in octal
            ip_address(host)
    except ValueError:
        return None
    return parts if sound and not any(sign.isspace() or sign == "\\" for sign in url) else None


def _read(variable: str) -> str:
    return os.environ.get(variable, "").strip()
