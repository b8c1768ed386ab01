"""Where outgoing requests may go: to public addresses, and to hosts that the operator allows.

A host is judged by the addresses that its name has now, and the connection is made to one of
these (`pipes`), so a name that answers otherwise a moment later leads nowhere else.
"""

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from perdure.errors import ConfigError, TemporaryFailureError, UrlNotAllowedError

ALLOW_HOSTS = "PERDURE_ALLOW_HOSTS"
"""The variable that names what else may be reached: `wiki.corp, *.lan, 10.0.0.0/8, api.corp:8443`."""

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Sequence[str]]

_NAT64 = ip_network("64:ff9b::/96")
_COMPATIBLE = ip_network("::/96")
_CLOUDS_OWN = frozenset(
    {IPv4Address("168.63.129.16")}
)  # public by its number; Azure's hosts answer


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses that the system's resolver gives for a name, each once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """Tells where requests may go. `allowed` are hosts that may be internal, in small letters.

    An entry is a name, `*.domain` for all below it, an address or a network; `:PORT` behind it
    allows that port only.
    """

    allowed: tuple[str, ...] = ()
    resolver: Resolver = field(default=resolve, kw_only=True)

    @classmethod
    def of_environment(cls) -> "Guard":
        """Return the guard that `PERDURE_ALLOW_HOSTS` asks for. Raises ConfigError."""
        named = os.environ.get(ALLOW_HOSTS, "").lower().split(",")
        guard = cls(tuple(entry.strip() for entry in named if entry.strip()))
        for entry in guard.allowed:
            _check_entry(entry)
        return guard

    def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses that a host has now, if a connection to all of them may be made.

        Raises UrlNotAllowedError, and TemporaryFailureError where the name is not found.
        """
        name = host.lower().strip("[]").rstrip(".")
        try:
            found = self.resolver(name, port)
        except (OSError, UnicodeError) as error:
            raise TemporaryFailureError(f"the host '{name}' is not found ({error})") from error
        if not self._allows_name(name, port):
            for address in found:
                self._check(name, port, address)
        return tuple(found)

    def _check(self, name: str, port: int, address: str) -> None:
        number = ip_address(address)
        if is_public(number) or self._allows_address(number, port):
            return
        shown = f"'{name}'" if name == address else f"'{name}' ({address})"
        raise UrlNotAllowedError(
            f"{shown} is an internal address, which definitions may not reach. "
            f"If it is meant, its operator allows it: {ALLOW_HOSTS}={name}"
        )

    def _allows_name(self, name: str, port: int) -> bool:
        return any(
            only in (None, port)
            and (entry == name or (entry.startswith("*.") and name.endswith(entry[1:])))
            for entry, only in map(_entry, self.allowed)
        )

    def _allows_address(self, address: Address, port: int) -> bool:
        return any(
            only in (None, port)
            and (network := _network(entry)) is not None
            and any(number in network for number in (address, *_inside(address)))
            for entry, only in map(_entry, self.allowed)
        )


def is_public(address: Address) -> bool:
    """Tell whether an address is of the open internet, also what it hides within itself."""
    return all(
        number.is_global
        and not number.is_multicast
        and not getattr(number, "is_site_local", False)
        and number not in _CLOUDS_OWN
        for number in (address, *_inside(address))
        if number not in _NAT64
    )


def _inside(address: Address) -> list[Address]:
    """Return the IPv4 addresses that an IPv6 address leads to by a mapping or a tunnel."""
    if isinstance(address, IPv4Address):
        return []
    found: list[IPv4Address | None] = [address.ipv4_mapped, address.sixtofour]
    found += address.teredo or ()
    if address in _NAT64 or address in _COMPATIBLE:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [number for number in found if number is not None]


def _entry(text: str) -> tuple[str, int | None]:
    """Return an entry's host and the port that it is limited to."""
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        port = port.removeprefix(":")
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    else:
        host, port = text, ""
    return host, int(port) if port else None


def _network(host: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(host, strict=False)
    except ValueError:
        return None


def _check_entry(text: str) -> None:
    try:
        host, _ = _entry(text)
    except ValueError:
        host = ""
    if not host or any(mark in host for mark in " @?#") or "://" in text:
        raise ConfigError(
            f"{ALLOW_HOSTS}: {text!r} is no host. Write names, addresses or networks with commas "
            "between, such as wiki.corp, *.lan, 10.0.0.0/8, api.corp:8443"
        )
