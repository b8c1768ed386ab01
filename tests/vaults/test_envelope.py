"""What is sealed is opened by its key alone, for its place alone, and as it was."""

import base64
import subprocess
import sys

import pytest

from perdure.errors import MissingExtraError
from perdure.ports.vault import SealBrokenError
from perdure.vaults.envelope import KEY_BYTES, NONCE_BYTES, new_key, seal, unseal

KEY = bytes(range(KEY_BYTES))
TEXT = "a secret, späť".encode()


def test_what_is_sealed_can_be_opened_again():
    token = seal(KEY, TEXT, "place")

    assert unseal(KEY, token, "place") == TEXT
    assert TEXT not in base64.b64decode(token)


def test_an_empty_text_can_be_sealed():
    assert unseal(KEY, seal(KEY, b"", "place"), "place") == b""


def test_no_nonce_comes_twice():
    tokens = {base64.b64decode(seal(KEY, TEXT, "place"))[:NONCE_BYTES] for _ in range(5_000)}

    assert len(tokens) == 5_000


@pytest.mark.parametrize("byte", [0, NONCE_BYTES, -1])
def test_a_token_that_was_changed_is_not_opened(byte):
    raw = bytearray(base64.b64decode(seal(KEY, TEXT, "place")))
    raw[byte] ^= 1

    with pytest.raises(SealBrokenError, match="for place cannot be opened"):
        unseal(KEY, base64.b64encode(raw).decode(), "place")


@pytest.mark.parametrize("token", ["", "no base64!", "AAAA", "ä"])
def test_what_is_no_token_is_not_opened(token):
    with pytest.raises(SealBrokenError):
        unseal(KEY, token, "place")


def test_a_token_is_worth_nothing_at_another_place_or_by_another_key():
    """So rows cannot be swapped."""
    token = seal(KEY, TEXT, "place")

    with pytest.raises(SealBrokenError):
        unseal(KEY, token, "other place")
    with pytest.raises(SealBrokenError):
        unseal(new_key(), token, "place")


def test_without_the_library_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'perdure\[secrets\]'"):
        seal(KEY, TEXT, "place")


def test_who_has_no_secrets_imports_no_cipher():
    """A run without secrets pays nothing."""
    code = """
import sys
from perdure.app.engine import Engine
from perdure.authoring.graphs.loader import load_definition
flow, _ = load_definition({"name": "plain", "steps": [
    {"id": "a", "type": "data_processing", "function": "clean_text", "input": "a"}]})
with Engine(":memory:") as engine:
    assert engine.start(flow).result(20) == "a"
assert not [name for name in sys.modules if name.split(".")[0] == "cryptography"]
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
