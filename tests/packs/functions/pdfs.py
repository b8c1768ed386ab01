"""Small PDFs made by hand: text at places, turned pages, encryption."""

import hashlib
from dataclasses import dataclass

PAD = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
DOCUMENT_ID = b"0123456789abcdef"


@dataclass(frozen=True)
class Put:
    """A text at a place of a page, which is 600 points wide and 800 high."""

    text: str
    x: float
    y: float
    size: float = 10
    bold: bool = False
    turn: int = 0


TURNS = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


def make_pdf(pages, *, password=None):
    """Return a PDF; each page is a list of `Put`s."""
    numbers = [5 + 2 * n for n in range(len(pages))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
    }
    key, entry = encryption(password) if password else (None, b"")
    for number, page in zip(numbers, pages, strict=True):
        objects[number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % (number + 1)
        )
        stream = "\n".join(map(drawn, page)).encode("latin-1")
        if key:
            stream = rc4(
                hashlib.md5(key + (number + 1).to_bytes(3, "little") + b"\0\0").digest()[:10],
                stream,
            )
        objects[number + 1] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)
    return written(objects, entry)


def drawn(put):
    a, b, c, d = TURNS[put.turn]
    text = put.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    font = "F2" if put.bold else "F1"
    return f"BT /{font} {put.size} Tf {a} {b} {c} {d} {put.x} {put.y} Tm ({text}) Tj ET"


def written(objects, entry):
    body, places = b"%PDF-1.4\n", {}
    for number, content in sorted(objects.items()):
        places[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % places[number] for number in sorted(objects))
    count = len(objects) + 1
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s>>\n"
        b"startxref\n%d\n%%%%EOF\n" % (count, table, count, entry, len(body))
    )


def encryption(password):
    """Return the key and the trailer's entries of PDF's oldest encryption (RC4, 40 bits)."""
    user = (password.encode() + PAD)[:32]
    owner = rc4(hashlib.md5((b"owner" + PAD)[:32]).digest()[:5], user)
    rights = (0xFFFFFFFC).to_bytes(4, "little")
    key = hashlib.md5(user + owner + rights + DOCUMENT_ID).digest()[:5]
    check = rc4(key, PAD)
    entry = (
        f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{owner.hex()}> /U <{check.hex()}> /P -4 >> "
        f"/ID [<{DOCUMENT_ID.hex()}> <{DOCUMENT_ID.hex()}>] "
    )
    return key, entry.encode()


def rc4(key, data):
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    made = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        made.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(made)
