"""The quickstart works as printed, and in an environment where nothing but perdure is."""

import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT
from tests.docs.walking import DOCS, OURS, walk

pytestmark = pytest.mark.docs


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Return the programs of a new environment into which perdure was installed, as a reader does."""
    folder = tmp_path_factory.mktemp("fresh") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=120)
    pip = [folder / "bin" / "python", "-m", "pip", "-q", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, f"{ROOT}[text]", "pytest"], check=True, timeout=240)
    return folder / "bin"


@pytest.mark.parametrize("environment", ["ours", pytest.param("fresh", marks=pytest.mark.slow)])
def test_every_block_of_the_quickstart_works_as_printed(environment, tmp_path, request):
    """Files are saved under the names that the page gives, commands run in the same folder."""
    programs = OURS if environment == "ours" else request.getfixturevalue("fresh")

    said = walk("quickstart.md", tmp_path, programs)

    assert "'paid': True" in said[0]
    assert "'note': 'thank you'" in said[0]
    assert "POSITIVE" in "".join(said)
    assert (tmp_path / ".perdure" / ".gitignore").read_text() == "*\n"


@pytest.mark.slow
def test_the_guide_works_where_nothing_but_perdure_and_pytest_is(fresh, tmp_path):
    assert walk("guide.md", tmp_path, fresh)


def test_the_python_of_the_concepts_page_names_only_what_exists():
    """Every `word` of the concepts page that looks like a name of ours is one."""
    import perdure

    text = (DOCS / "concepts.md").read_text(encoding="utf-8")
    named = [
        name for name in ("goto", "sleep", "wait", "complete", "fail", "Retry") if name in text
    ]

    assert named
    assert all(hasattr(perdure, name) for name in named)
