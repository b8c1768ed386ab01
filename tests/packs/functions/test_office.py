"""The text of Word documents."""

import io
import zipfile

import pytest

from perdure.errors import InvalidInputError, MissingExtraError
from perdure.packs.functions import office
from perdure.packs.functions.office import docx_to_text, is_docx
from tests.packs.functions.words import make_docx

pytest.importorskip("docx")


def read(content, seconds=60.0):
    return docx_to_text(content, name="'a.docx'", seconds=seconds)


def test_a_document_gives_its_text():
    content = make_docx("First.", "Second.")

    assert is_docx(content)
    assert read(content) == "First.\n\nSecond."


def test_another_archive_is_no_document():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "x")

    assert not is_docx(file.getvalue())
    assert not is_docx(b"word/document.xml")


def test_a_damaged_document_is_refused():
    with pytest.raises(InvalidInputError, match=r"input: 'a\.docx' is damaged"):
        read(make_docx("x")[:300])


def test_a_reader_that_takes_too_long_is_ended():
    with pytest.raises(InvalidInputError, match=r"could not be read in 0\.001 s"):
        read(make_docx("x"), seconds=0.001)


def test_without_the_library_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(office, "find_spec", lambda name: None)

    with pytest.raises(MissingExtraError, match=r"perdure\[office\]"):
        read(b"")
