"""Recorded answers of the real services, which stand beside the repository and not in it."""

import gzip
import os

import pytest
import yaml

from tests.architecture.tree import ROOT

FOLDER = ROOT.parent / "shared" / "reference" / "scholarly"

needs_recordings = pytest.mark.skipif(
    not FOLDER.exists() and os.environ.get("CI") != "true", reason="the reference is not beside us"
)


def recording(name):
    """Return a recording's text."""
    return (FOLDER / name).read_text(encoding="utf-8")


def body(name):
    """Return the content of the first answer of a VCR cassette, unpacked."""
    response = yaml.safe_load(recording(name))["interactions"][0]["response"]
    content = response["content"] if "content" in response else response["body"]["string"]
    content = content.encode() if isinstance(content, str) else content
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
