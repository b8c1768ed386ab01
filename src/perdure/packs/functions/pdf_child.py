"""The process that opens a PDF: bounded in time and memory, and alone with it.

It reads the file on its standard input and writes one line that says how it went, then the text:
`ok PAGES`, or `refused REASON` (`password`, `damaged`, `pages N`, `long`, `blank N`). PDFium runs
here and nowhere else, so what a hostile file does to it, it does to this process only.
"""

import os
import sys

from perdure.packs.functions import pdfium
from perdure.packs.functions.bounded import bound

PASSWORD = "PERDURE_PDF_PASSWORD"  # noqa: S105 - the variable that it comes in


def main(arguments: list[str]) -> int:
    """Read standard input, write standard output. Arguments: bytes of memory, seconds, pages."""
    memory, seconds, pages = (int(number) for number in arguments)
    bound(memory, seconds)
    out = sys.stdout.buffer
    try:
        count, text = pdfium.read(sys.stdin.buffer, pages, os.environ.get(PASSWORD) or None)
    except pdfium.RefusedError as error:
        out.write(f"refused {error}\n".encode())
    else:
        out.write(f"ok {count}\n".encode() + text.encode("utf-8", "replace"))
    out.flush()
    return 0
