"""The import contracts are kept, and each of them can be broken.

A contract that names a module which is not there guards nothing and says nothing. So each is tried
on a copy of the tree in which one forbidden import is planted.
"""

import os
import pkgutil
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, SOURCES

ADAPTERS = {"stores", "executors", "blobs", "notifiers", "outboxes", "vaults"}
SHARED = {  # by those of one kind
    "perdure.stores.choosing",
    "perdure.stores.places",
    "perdure.stores.rows",
    "perdure.executors.child",
    "perdure.executors.frames",
    "perdure.executors.invoke",
    "perdure.executors.kin",
    "perdure.executors.links",
    "perdure.executors.spawning",
    "perdure.executors.talks",
    "perdure.vaults.envelope",
    "perdure.vaults.keeper",
    "perdure.vaults.masters",
    "perdure.packs.scoring",
    "perdure.packs.terms",
    "perdure.packs.words",
}
LINTER = Path(sys.executable).with_name("lint-imports")


@dataclass(frozen=True)
class Plant:
    """A forbidden import: the contract that forbids it, the importer below perdure, the imported."""

    contract: str
    importer: str
    imports: str

    def __str__(self):
        return f"{self.contract}: {self.importer} imports {self.imports}"

    def put_into(self, package):
        """Append the import to its importer, which is made if it is not there."""
        path = package.joinpath(*self.importer.split("."))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        before = file.read_text() if file.exists() else '"""Planted."""\n'
        file.write_text(f"{before}\nimport {self.imports}\n")


PLANTS = [
    Plant("floors", "attic", "sys"),
    Plant("floors", "errors", "perdure.kernel"),
    Plant("floors", "kernel.planted", "perdure.wire"),
    Plant("floors", "ports.planted", "perdure.authoring"),
    Plant("floors", "stores.planted", "perdure.runtime"),
    Plant("floors", "runtime.planted", "perdure.app"),
    Plant("floors", "app.planted", "perdure.cli"),
    Plant("floors", "packs.planted", "perdure.testing"),
    Plant("pure-kernel", "kernel.planted", "time"),
    Plant("pure-kernel", "kernel.planted", "pydantic"),
    Plant("one-door", "app.planted", "perdure.kernel.advance"),
    Plant("one-door", "authoring.planted", "perdure.kernel.decide"),
    Plant("one-door", "cli.planted", "perdure.kernel.follow"),
    Plant("floors", "outgoing.planted", "perdure.authoring"),
    Plant("ports-only", "runtime.planted", "perdure.stores.sqlite"),
    Plant("ports-only", "cli.planted", "perdure.executors.aio"),
    Plant("ports-only", "authoring.planted", "perdure.vaults.keeper"),
    Plant("adapters-apart", "stores.memory", "perdure.stores.sqlite"),
    Plant("adapters-apart", "stores.sqlite", "perdure.stores.memory"),
    Plant("adapters-apart", "executors.aio", "perdure.executors.inline"),
    Plant("adapters-apart", "executors.inline", "perdure.executors.threads"),
    Plant("adapters-apart", "packs.functions", "perdure.packs.inference"),
    Plant("front-ends-apart", "authoring.steps", "perdure.authoring.graphs"),
    Plant("front-ends-apart", "authoring.graphs", "perdure.authoring.steps"),
    Plant("optional-extras", "app.planted", "apsw"),
    Plant("optional-extras", "stores.memory", "apsw"),
    Plant("optional-extras", "app.planted", "cryptography"),
    Plant("optional-extras", "app.planted", "cyclopts"),
    Plant("optional-extras", "app.planted", "docx"),
    Plant("optional-extras", "packs.planted", "httpx2"),
    Plant("optional-extras", "runtime.planted", "rich"),
    Plant("optional-extras", "authoring.planted", "pypdfium2"),
    Plant("optional-extras", "cli.planted", "vaderSentiment"),
    Plant("optional-extras", "cli.planted", "py3langid"),
    Plant("optional-extras", "wire.planted", "yaml"),
    Plant("no-cycles", "kernel.plan", "perdure.kernel.follow"),
]


def lint(root, *options):
    """Run the linter on a tree; the installed perdure stands behind it on the path."""
    return subprocess.run(
        [LINTER, "--no-logo", "--no-cache", *options],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "src" / "perdure",
        tmp_path / "src" / "perdure",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return tmp_path


def test_all_contracts_are_kept():
    answer = lint(ROOT)

    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("plant", PLANTS, ids=str)
def test_a_planted_import_breaks_its_contract(copy, plant):
    plant.put_into(copy / "src" / "perdure")

    answer = lint(copy, "--contract", plant.contract)

    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "0 kept, 1 broken" in answer.stdout
    assert f".{plant.importer.split('.')[-1]}" in answer.stdout


def contracts():
    """Return the contracts of pyproject.toml by their ids."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["id"]: contract for contract in settings["contracts"]}


def test_every_contract_has_a_plant():
    assert set(contracts()) == {plant.contract for plant in PLANTS}


def test_every_package_of_adapters_is_known_as_a_port_only():
    there = {f"perdure.{kind}" for kind in ADAPTERS if (SOURCES / kind).is_dir()}

    assert there == set(contracts()["ports-only"]["protected_modules"])


def test_every_adapter_and_pack_is_kept_apart_from_its_kind():
    there = {
        f"perdure.{kind}.{found.name}"
        for kind in ADAPTERS | {"packs"}
        for found in pkgutil.iter_modules([str(SOURCES / kind)])
    }

    assert there - SHARED == set(contracts()["adapters-apart"]["modules"])
