"""The process that reads a Word document."""

import io
import resource
from types import SimpleNamespace

import pytest

from perdure.packs.functions import docx_child
from tests.packs.functions.words import make_docx

pytest.importorskip("docx")


@pytest.fixture
def said(monkeypatch):
    def run(content):
        out = io.BytesIO()
        streams = SimpleNamespace(
            stdout=SimpleNamespace(buffer=out), stdin=SimpleNamespace(buffer=io.BytesIO(content))
        )
        monkeypatch.setattr(docx_child, "sys", streams)
        monkeypatch.setattr(resource, "setrlimit", lambda which, bounds: None)
        assert docx_child.main([str(2**30), "9"]) == 0
        return out.getvalue()

    return run


def test_it_answers_with_paragraphs_and_rows_in_their_order(said):
    content = make_docx("Grüße", [["a", "b"], ["c", "d"]], "", "End.")

    assert said(content) == "ok\nGrüße\n\na b\nc d\n\nEnd.".encode()


def test_a_cell_that_spans_columns_is_told_once(said):
    assert said(make_docx([["wide", None], ["c", "d"]])) == b"ok\nwide\nc d"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", make_docx("x")[:300]])
def test_what_is_no_document_is_refused(said, content):
    assert said(content) == b"refused damaged\n"
