"""The process that reads a PDF: its answer on standard output, and its limits."""

import io
import resource
from types import SimpleNamespace

import pytest

from perdure.packs.functions import pdf_child
from tests.packs.functions.pdfs import Put, make_pdf

pytest.importorskip("pypdfium2")


@pytest.fixture
def standard(monkeypatch):
    """Standard input and output as bytes, and the limits that were asked for."""
    out, limits = io.BytesIO(), {}
    stream = SimpleNamespace(buffer=out)
    monkeypatch.setattr(pdf_child, "sys", SimpleNamespace(stdout=stream, stdin=None))
    monkeypatch.setattr(resource, "setrlimit", lambda which, bounds: limits.update({which: bounds}))

    def run(content):
        pdf_child.sys.stdin = SimpleNamespace(buffer=io.BytesIO(content))
        code = pdf_child.main([str(2**30), "9", "5"])
        return code, out.getvalue(), limits

    return run


def test_it_answers_with_the_pages_and_the_text(standard):
    code, said, _ = standard(make_pdf([[Put("Grüße", 72, 700)]]))

    assert (code, said) == (0, "ok 1\nGrüße".encode())


def test_it_refuses_with_a_reason(standard):
    code, said, _ = standard(make_pdf([[]] * 6))

    assert (code, said) == (0, b"refused pages 6\n")


def test_the_password_comes_by_the_environment(standard, monkeypatch):
    """Arguments of a process can be seen by everybody on the machine."""
    monkeypatch.setenv(pdf_child.PASSWORD, "pw")

    _, said, _ = standard(make_pdf([[Put("Hush", 72, 700)]], password="pw"))

    assert said == b"ok 1\nHush"


def test_memory_and_time_are_limited_before_the_file_is_read(standard):
    _, _, limits = standard(b"no pdf")

    assert limits[resource.RLIMIT_AS] == (2**30, 2**30)
    assert limits[resource.RLIMIT_CPU] == (9, 10)
    assert limits[resource.RLIMIT_CORE] == (0, 0)
