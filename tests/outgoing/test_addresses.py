"""Where outgoing requests may go."""

from ipaddress import ip_address

import pytest

from perdure.errors import ConfigError, TemporaryFailureError, UrlNotAllowedError
from perdure.outgoing import addresses
from perdure.outgoing.addresses import ALLOW_HOSTS, Guard, is_public


def guard(*allowed, gives=("10.1.2.3",)):
    return Guard(allowed, resolver=lambda host, port: list(gives))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "100.100.100.200", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"),
        *("255.255.255.255", "168.63.129.16"),
        *("::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
        *(
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
        ),
        *("2002:7f00:1::", "2002:a00:1::", "fe80::1%eth0"),
    ],
)
def test_internal_addresses_are_not_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"]
)
def test_addresses_of_the_internet_are_public(address):
    assert is_public(ip_address(address))


def test_a_public_host_may_be_reached():
    assert guard(gives=["1.1.1.1", "2606:4700::1111"]).addresses("a.test", 443) == (
        "1.1.1.1",
        "2606:4700::1111",
    )


def test_a_host_is_refused_if_one_of_its_addresses_is_internal():
    with pytest.raises(UrlNotAllowedError, match=r"'a\.test' \(10\.0\.0\.1\)") as raised:
        guard(gives=["1.1.1.1", "10.0.0.1"]).addresses("A.test.", 443)

    assert raised.value.kind == "url_not_allowed"
    assert f"{ALLOW_HOSTS}=a.test" in str(raised.value)


@pytest.mark.parametrize("name", ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "localhost"])
def test_other_spellings_of_this_machine_are_seen_through(name):
    with pytest.raises((UrlNotAllowedError, TemporaryFailureError)):
        Guard().addresses(name, 80)


@pytest.mark.parametrize(
    ("entry", "host", "port", "address"),
    [
        ("wiki.corp", "wiki.corp", 80, "10.1.2.3"),
        ("wiki.corp", "WIKI.corp.", 80, "10.1.2.3"),
        ("*.corp", "deep.wiki.corp", 80, "10.1.2.3"),
        ("10.0.0.0/8", "any.test", 80, "10.1.2.3"),
        ("10.1.2.3", "any.test", 80, "10.1.2.3"),
        ("10.0.0.0/8", "any.test", 80, "::ffff:10.1.2.3"),
        ("10.1.2.3:8443", "any.test", 8443, "10.1.2.3"),
        ("wiki.corp:8443", "wiki.corp", 8443, "10.1.2.3"),
        ("[fd00::1]:80", "any.test", 80, "fd00::1"),
        ("fd00::/8", "[fd00::1]", 80, "fd00::1"),
    ],
)
def test_what_the_operator_names_may_be_reached(entry, host, port, address):
    assert guard(entry, gives=[address]).addresses(host, port) == (address,)


@pytest.mark.parametrize(
    ("entry", "host", "port"),
    [
        ("*.corp", "corp", 80),
        ("*.corp", "evilcorp", 80),
        ("wiki.corp", "a.wiki.corp", 80),
        ("wiki.corp:8443", "wiki.corp", 80),
        ("10.1.2.3:8443", "any.test", 80),
        ("192.168.0.0/16", "any.test", 80),
        ("fd00::/8", "any.test", 80),
    ],
)
def test_nothing_beside_it_is_meant(entry, host, port):
    with pytest.raises(UrlNotAllowedError):
        guard(entry).addresses(host, port)


def test_the_environment_says_what_is_allowed(monkeypatch):
    monkeypatch.setenv(ALLOW_HOSTS, " Wiki.corp, ,10.0.0.0/8")

    assert Guard.of_environment().allowed == ("wiki.corp", "10.0.0.0/8")


def test_nothing_is_allowed_by_default(monkeypatch):
    monkeypatch.delenv(ALLOW_HOSTS, raising=False)

    assert Guard.of_environment() == Guard()


@pytest.mark.parametrize("entry", ["http://a.corp", "a.corp:x", "a b", "u@a.corp", ":80"])
def test_an_entry_that_is_no_host_is_told(monkeypatch, entry):
    monkeypatch.setenv(ALLOW_HOSTS, entry)

    with pytest.raises(ConfigError, match="is no host"):
        Guard.of_environment()


def test_a_name_that_is_not_found_may_be_found_later():
    def nobody(host, port):
        raise OSError("Name or service not known")

    with pytest.raises(TemporaryFailureError, match=r"the host 'a\.test' is not found"):
        Guard(resolver=nobody).addresses("a.test", 80)


def test_the_systems_resolver_tells_each_address_once():
    assert addresses.resolve("127.0.0.1", 80) == ["127.0.0.1"]
