"""How the documents' blocks are read and made to run."""

import pytest

from tests.acceptance import documents
from tests.acceptance.documents import Printed, blocks

TEXT = """# A document

```python
from datetime import timedelta

def first(self):
    return timedelta(days=DAYS)
```

```python
def helper(x):
    return x + 1

kept.append(helper(1))
made = [timedelta]
```
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "009_x.txt"
    path.write_text(TEXT)
    return path


def test_blocks_are_known_by_the_line_of_the_document(path):
    assert [block.line for block in blocks(path)] == [4, 11]


def test_methods_without_a_class_are_put_into_one(path):
    given = []
    block = Printed(path, 4, DAYS=2, workflow=lambda name: lambda cls: given.append((name, cls)))

    assert block.define("fragment") == []

    ((name, cls),) = given
    assert (name, cls().first().days) == ("fragment", 2)


def test_what_a_block_makes_comes_before_what_it_does(path):
    kept = []
    block = Printed(path, 11, kept=kept)

    block.define()
    assert kept == []
    assert block.rest()["made"][0].__name__ == "timedelta"
    assert kept == [2]


def test_without_the_documents_tests_are_skipped_and_in_ci_they_fail(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "DOCUMENTS", tmp_path)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not beside"):
        documents.document("003")

    monkeypatch.setenv("CI", "true")
    with pytest.raises(AssertionError, match="document 003 is not in"):
        documents.document("003")
