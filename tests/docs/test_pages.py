"""Pages whose blocks are files, commands, and what the commands print."""

import pytest

from tests.docs.blocks import blocks_of
from tests.docs.walking import DOCS, walk

PAGES = ("definitions.md", "functions.md", "guide.md", "patterns.md", "signals.md", "versions.md")
pytestmark = pytest.mark.docs


@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_the_page_works_as_printed(name, tmp_path):
    walk(name, tmp_path)

    assert any(block.file == "said" for block in blocks_of(DOCS / name))
