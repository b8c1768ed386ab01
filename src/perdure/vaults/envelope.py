"""The cipher: AES-256-GCM, each time with a new nonce, bound to what the text is and where it stands.

A token is the nonce and the ciphertext with its tag, in base64. How long a text was can be seen.
"""

import base64
import os
from typing import Any

from perdure.errors import MissingExtraError
from perdure.ports.vault import SealBrokenError

KEY_BYTES = 32
NONCE_BYTES = 12


def new_key() -> bytes:
    """Return a new key."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, text: bytes, about: str) -> str:
    """Return a token that only this key opens, and only for what it is about."""
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + _cipher(key).encrypt(nonce, text, about.encode())).decode()


def unseal(key: bytes, token: str, about: str) -> bytes:
    """Return what was sealed. Raises SealBrokenError."""
    cipher = _cipher(key)
    from cryptography.exceptions import InvalidTag

    try:
        sealed = base64.b64decode(token, validate=True)
        opened: bytes = cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
    except (InvalidTag, ValueError) as error:
        place = about.replace("\n", " ")
        raise SealBrokenError(
            f"what is sealed for {place} cannot be opened: it was changed, or sealed for another "
            "place or by another key"
        ) from error
    return opened


def _cipher(key: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError as error:
        raise MissingExtraError("a run with secrets", "cryptography", "secrets") from error
    return AESGCM(key)
