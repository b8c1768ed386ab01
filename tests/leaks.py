"""Finds a secret in bytes, however it is spelt there."""

import base64
import html
import json
from collections.abc import Mapping
from urllib.parse import quote, quote_plus


def spellings(secret: str) -> dict[str, bytes]:
    """Return a secret as it may stand somewhere, by the name of the spelling."""
    ways = {
        "plain": secret,
        "upper case": secret.upper(),
        "lower case": secret.lower(),
        "JSON": json.dumps(secret)[1:-1],
        "JSON in UTF-8": json.dumps(secret, ensure_ascii=False)[1:-1],
        "JSON in JSON": json.dumps(json.dumps(secret)[1:-1])[1:-1],
        "Python": repr(secret)[1:-1],
        "HTML": html.escape(secret),
        "URL": quote(secret, safe=""),
        "URL path": quote(secret),
        "URL query": quote_plus(secret),
        "hexadecimal": secret.encode().hex(),
        "HEXADECIMAL": secret.encode().hex().upper(),
    }
    found = {name: text.encode() for name, text in ways.items()}
    found["UTF-16"] = secret.encode("utf-16-le")
    for before in range(3):
        coded = base64.b64encode(bytes(before) + secret.encode())
        inner = coded[(0, 2, 3)[before] :].rstrip(b"=")[:-1]
        found[f"base64 at {before}"] = inner
        found[f"base64 of URLs at {before}"] = inner.translate(bytes.maketrans(b"+/", b"-_"))
    return found


def leaks(secret: str, places: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Return where a secret stands, and how it is spelt there."""
    ways = spellings(secret)
    return [(place, way) for place, text in places.items() for way, s in ways.items() if s in text]
