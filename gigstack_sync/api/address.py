"""Where the API lives, and how ids and parameters become paths that stay there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urljoin, urlsplit

from gigstack_sync.errors import ApiError, ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_BASE_URL = "https://api.gigstack.io/v2"
_HINT = f"Use {DEFAULT_BASE_URL} or http on this machine."


@dataclass(frozen=True, slots=True)
class Address:
    """A base URL that may be trusted with the key: https, or http on loopback."""

    origin: str
    root: str
    host: str
    is_loopback: bool

    @classmethod
    def parse(cls, text: str) -> Address:
        """Check a base URL; ConfigError says what is wrong with it."""
        if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
            raise ConfigError("The base URL has characters no URL has.", hint=_HINT)
        try:
            url = urlsplit(text)
            host, port = url.hostname or "", url.port
        except ValueError:
            raise ConfigError("The base URL cannot be read.", hint=_HINT) from None
        loopback = _is_loopback(host)
        _check(url.scheme, host, loopback)
        if "@" in url.netloc or url.query or url.fragment:
            raise ConfigError("The base URL has a user, a query or a fragment.", hint=_HINT)
        bracketed = f"[{host}]" if ":" in host else host
        origin = f"{url.scheme}://{bracketed}" + (f":{port}" if port is not None else "")
        return cls(origin, url.path.rstrip("/"), host, loopback)

    def target(self, path: str, params: Mapping[str, str | int | None] | None = None) -> str:
        """Join the root, an encoded path and its parameters; None ones are left out."""
        sent = {name: value for name, value in (params or {}).items() if value is not None}
        return self.root + path + (f"?{urlencode(sent)}" if sent else "")

    def follow(self, target: str, location: str) -> str:
        """Resolve a redirect into a target here; ApiError when it leads elsewhere."""
        try:
            here, there = urlsplit(self.origin), urlsplit(urljoin(self.origin + target, location))
            same = _origin(here.scheme, here.hostname, here.port) == _origin(
                there.scheme, there.hostname, there.port
            )
        except ValueError:
            same = False
        if not same or "@" in there.netloc or not location.isprintable():
            raise ApiError(
                f"{target.partition('?')[0]} redirects to another server. That was refused, "
                "because the key would go with it.",
                hint="Check the base URL (GIGSTACK_BASE_URL), or a proxy on the way.",
                status=302,
            )
        return (there.path or "/") + (f"?{there.query}" if there.query else "")


def segment(record_id: str) -> str:
    """Encode an id as exactly one path segment; UsageError for what cannot be one."""
    if not record_id or record_id in {".", ".."} or not record_id.isprintable():
        raise UsageError(f"{record_id!r} is not an id.")
    return quote(record_id, safe="")


def proxy_for(address: Address) -> str | None:
    """Find the environment's proxy for this address; loopback never has one."""
    if address.is_loopback:
        return None
    from urllib.request import getproxies, proxy_bypass

    if proxy_bypass(address.host):
        return None
    proxies = getproxies()
    return proxies.get("https") or proxies.get("all")


def _check(scheme: str, host: str, loopback: bool) -> None:
    if not host:
        raise ConfigError("The base URL names no host.", hint=_HINT)
    if scheme != "https" and not (scheme == "http" and loopback):
        raise ConfigError("The base URL must be https, for the key's sake.", hint=_HINT)


def _origin(scheme: str, host: str | None, port: int | None) -> tuple[str, str | None, int | None]:
    return scheme, host, port or {"https": 443, "http": 80}.get(scheme)


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
