"""The text of a Word document, read in a process of its own."""

import subprocess
import tempfile
from importlib.util import find_spec

from perdure.errors import InvalidInputError, MissingExtraError
from perdure.packs.functions.bounded import MEMORY, run_alone

_PART = b"word/document.xml"


def is_docx(content: bytes) -> bool:
    """Tell a Word document from other archives: by the name of its main part."""
    return content[:4] == b"PK\x03\x04" and _PART in content


def docx_to_text(content: bytes, *, name: str, seconds: float) -> str:
    """Return the paragraphs and table rows of a .docx file; `name` is told in errors.

    Raises InvalidInputError for what cannot be read, MissingExtraError without python-docx.
    """
    if find_spec("docx") is None:
        raise MissingExtraError("extract_text of a Word document", "python-docx", "office")
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        try:
            done = run_alone(
                "docx_child", file, (MEMORY, int(seconds) + 1), seconds=seconds, secrets={}
            )
        except subprocess.TimeoutExpired as error:
            raise InvalidInputError(
                f"{name} could not be read in {seconds:g} s. Raise `timeout_seconds`", path="input"
            ) from error
    head, _, text = done.stdout.partition(b"\n")
    if done.returncode == 0 and head == b"ok":
        return text.decode("utf-8")
    raise InvalidInputError(
        f"{name} is damaged, or no Word document (.docx). Save it anew", path="input"
    )
