"""HTML as a reader sees it, in one pass that never looks back.

The standard library's parser takes minutes for a hostile page.
"""

import codecs
import html
import re
from collections.abc import Callable

_SILENT = frozenset(("script", "style", "template", "head", "noscript"))
_INLINE = frozenset(
    ("a", "abbr", "b", "code", "em", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "u")
)
_LINES = {"br": "\n", "li": "\n", "tr": "\n", "dt": "\n", "dd": "\n", "td": " ", "th": " "}
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "div",
        "dl",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "title",
        "ul",
    ]
)
_TAG = re.compile(
    r"<!--|<!doctype[^<>]*>|</?(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?([\w-]{1,40})", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_SPACES_IN_LINE = re.compile(r"[^\S\n]+")
_AROUND = re.compile(r" *\n *")
_EMPTY_LINES = re.compile(r"\n{3,}")
_PAGE = re.compile(
    r"\s*(?:<!doctype html|<html|<head|<body|<article|<div|<p|<h1)[\s>]", re.IGNORECASE
)


def without_markup(text: str) -> str:
    """Return what a reader of a page sees; other elements than inline ones part words."""
    return _read(text, lambda name, _ends: "" if name in _INLINE else " ")


def paragraphs_of(page: str) -> str:
    """Return a page's text, a line for a line of it, an empty line between its blocks."""
    told = _read(page, _break, even=lambda text: _SPACES.sub(" ", text))
    lines = _AROUND.sub("\n", _SPACES_IN_LINE.sub(" ", told))
    return _EMPTY_LINES.sub("\n\n", lines).strip()


def is_page(text: str) -> bool:
    """Tell whether a text begins as HTML does."""
    return _PAGE.match(text) is not None


def decoded(content: bytes, charset: str = "") -> str:
    """Return the text of a page: by its mark, its server's word, its own, else UTF-8.

    What is none of these is taken for windows-1252, as browsers do.
    """
    if content.startswith(codecs.BOM_UTF8):
        return content.decode("utf-8-sig", "replace")
    own = _CHARSET.search(content[:4096])
    names = (charset, own[1].decode("ascii") if own else "", "utf-8")
    for name in filter(None, names):
        try:
            return content.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("windows-1252", "replace")


def _break(name: str, ends: bool) -> str:
    if name in _BLOCKS:
        return "\n\n"
    return "" if ends else _LINES.get(name, "")


def _read(
    text: str, mark: Callable[[str, bool], str], even: Callable[[str], str] = lambda text: text
) -> str:
    made: list[str] = []
    place = 0
    while tag := _TAG.search(text, place):
        name = (tag["name"] or "").lower()
        made += [even(text[place : tag.start()]), mark(name, tag[0][1] == "/")]
        place = tag.end()
        is_comment = tag[0] == "<!--"
        if is_comment or (name in _SILENT and tag[0][1] != "/"):
            closing = "-->" if is_comment else f"</{name}"
            end = re.compile(closing, re.IGNORECASE).search(text, place)
            place = len(text) if end is None else end.start() if name else end.end()
    return html.unescape("".join([*made, even(text[place:])]))
