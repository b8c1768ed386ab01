"""A folder and a store for each test."""

import pytest

from tests.cli.given import CommandLine


@pytest.fixture
def cli(tmp_path, monkeypatch, capsys, request):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PERDURE_STORE", str(tmp_path / "state" / "perdure.db"))
    return CommandLine(tmp_path, capsys, monkeypatch, request.node.name)
