"""`perdure schema`: what is printed is what is checked in."""

from tests.architecture.tree import ROOT


def test_the_schema_that_is_checked_in_is_the_one_that_is_printed(cli):
    """Where this fails: `perdure schema > docs/definition.schema.json`."""
    said = cli("schema")

    assert said.code == 0
    assert said.out == (ROOT / "docs" / "definition.schema.json").read_text(encoding="utf-8")
