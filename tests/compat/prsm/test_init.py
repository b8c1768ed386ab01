"""Document 004's name: `import prsm`, on request only."""

import importlib

import pytest

import perdure
from perdure import compat


def test_the_documents_client_is_ours():
    """S004-01."""
    compat.install("prsm")
    try:
        prsm = importlib.import_module("prsm")
        assert prsm.Client is perdure.Client
        assert prsm.AsyncClient is perdure.AsyncClient
        compat.install("prsm")
        assert compat.is_installed("prsm")
    finally:
        compat.uninstall("prsm")

    assert not compat.is_installed("prsm")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("prsm")
