"""The process that opens a Word document: bounded in time and memory, and alone with it.

It reads the file on its standard input and writes one line, `ok` or `refused REASON`, then the text.
"""

import io
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from perdure.packs.functions.bounded import bound


def main(arguments: list[str]) -> int:
    """Read standard input, write standard output. Arguments: bytes of memory, seconds."""
    memory, seconds = (int(number) for number in arguments)
    bound(memory, seconds)
    text = read(sys.stdin.buffer)
    head = b"refused damaged\n" if text is None else b"ok\n"
    sys.stdout.buffer.write(head + (text or "").encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    return 0


def read(file: BinaryIO) -> str | None:
    """Return the document's paragraphs and the rows of its tables; None for what is none."""
    import docx

    try:
        document = docx.Document(io.BytesIO(file.read()))
        return "\n\n".join(filter(None, _blocks(document)))
    except Exception:  # noqa: BLE001 - whatever the library meets in it, it is no such document
        return None


def _blocks(document: Any) -> Iterator[str]:
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            yield "\n".join(" ".join(_cells(row)).strip() for row in block.rows)
        else:
            yield block.text.strip()


def _cells(row: Any) -> list[str]:
    """Return the texts of a row's cells; one that spans several columns comes once."""
    return [cell.text.strip() for cell in dict.fromkeys(row.cells)]
