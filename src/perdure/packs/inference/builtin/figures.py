"""Dates, times, amounts, percentages and addresses in a text, by their form."""

import re
from collections.abc import Iterator

_FULL_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_MONTH = (
    rf"(?:{_FULL_MONTH}|"
    r"Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
)
_DAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_YEAR = r"(?:1[0-9]\d\d|20\d\d)"
_NUMBER = r"\d+(?:[,.  ]\d{3})*(?:[.,]\d+)?"
_SCALE = r"(?:\s?(?i:trillion|billion|million|thousand|bn|mn|tn|[mk]\b))?"
_CURRENCY = (
    r"(?:(?:US|Canadian|Australian|Hong Kong|Singapore)\s)?"
    r"(?:dollars?|euros?|pounds?(?:\ssterling)?|yen|yuan|rupees?|francs?|roubles?|rubles?|won|"
    r"pesos?|reais|kron(?:or|er|a)|zlotys?|cents?|rand|lira|dirhams?|shekels?|"
    r"USD|EUR|GBP|JPY|CHF|CNY|INR)\b"
)
_SIGN = r"(?:(?:US|CA|AU|A|C|HK|NZ)?[$]|[€£¥₹₽₩]|\b(?:USD|EUR|GBP|CHF)\s)"
_COUNTED = (  # a number before these is one of things, not a year
    r"(?:people|workers|jobs|nurses|homes|men|women|miles|metres|meters|km|kg|dollars|euros)"
)
_FORMS = (
    ("EMAIL", r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"),
    ("URL", r"(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?)\]]"),
    ("MONEY", rf"{_SIGN}\s?{_NUMBER}{_SCALE}"),
    ("MONEY", rf"\b{_NUMBER}{_SCALE}\s?(?:{_CURRENCY}|[€£])"),
    ("PERCENT", rf"\b{_NUMBER}\s?(?:%|per\s?cent\b|percent\b|percentage points?\b)"),
    ("DATE", r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"),
    ("DATE", rf"\b(?:{_DAY},?\s)?\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:,?\s{_YEAR})?\b"),
    ("DATE", rf"\b(?:{_DAY},?\s)?{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,?\s{_YEAR})?\b"),
    ("DATE", rf"\b{_MONTH}(?:\sof)?\s{_YEAR}\b"),
    ("DATE", rf"\b(?:spring|summer|autumn|winter|fall)\s(?:of\s)?{_YEAR}\b"),
    ("DATE", rf"\b(?:first|second|third|fourth)\s(?:quarter|half)\sof\s{_YEAR}\b"),
    ("DATE", rf"\bQ[1-4]\s{_YEAR}\b"),
    ("DATE", rf"\b{_DAY}\b"),
    ("DATE", r"\b(?:early\s|late\s|mid-)?(?:1[0-9]|20)\d0s\b"),
    ("DATE", rf"\b(?!March\b|May\b){_FULL_MONTH}\b"),
    ("DATE", r"(?:(?<=\b[Ii]n\s)|(?<=\b(?:by|of)\s)|(?<=\b[Ss]ince\s))(?:March|May)\b"),
    ("TIME", r"\b\d{1,2}(?::\d{2}){1,2}(?:\s?[ap]\.?m\.?)?(?!\w)|\b\d{1,2}\s?[ap]\.?m\b\.?"),
    ("DATE", rf"(?<![\d,.$€£#-])\b{_YEAR}\b(?![\d,]*\d)(?!\s{_COUNTED})"),
)  # fmt: skip
_PATTERNS = tuple((label, re.compile(form)) for label, form in _FORMS)


def figures(text: str) -> Iterator[tuple[int, int, str]]:
    """Give start, end and label of each, those that say more before those that they hold."""
    taken = bytearray(len(text))
    for label, pattern in _PATTERNS:
        for found in pattern.finditer(text):
            start, end = found.span()
            if end > start and 1 not in taken[start:end]:
                taken[start:end] = b"\1" * (end - start)
                yield start, end, label
