"""`builtin/language`: which language a text is written in, as its ISO 639-1 code.

py3langid's model weighs pieces of letters for 140 languages and dialects. Upon it we put what it
does not know: how much is written in each, so that two words of English are not taken for Fulfulde,
and that dialects and twins of a language count for it.
"""

# ruff: noqa: SIM905
# Typographic marks are looked for; word lists read as text.

import math
from collections.abc import Iterable
from functools import cache
from threading import Lock
from typing import Annotated, Any

from annotated_types import Interval

from perdure.errors import MissingExtraError

UNKNOWN = "UND"
"""The label of a text that nothing is known about, as ISO 639-2 has it (undetermined)."""

_NOTHING = -1e30  # what the model says of a text in which it knows no piece

_ENOUGH = 20_000  # characters; more does not change the answer
_COMMON = frozenset(
    "ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nl no pl pt ro ru "
    "sk sl sr sv "
    "ta th tr uk vi zh".split()
)
_KNOWN = frozenset(
    "af am az be bs cy eo eu ga gl gu hy is ka kk km kn ky la lo mk ml mn mr ms mt my ne pa ps "
    "si so sq sw te "
    "tl tt ur uz xh zu".split()
)
_COUNTS_FOR = {"nn": "no", "arz": "ar", "ary": "ar", "wuu": "zh", "yue": "zh", "nb": "no"}
_LATIN_RARELY = frozenset({"sr", "bs", "bg", "mk", "kk", "ky", "tg", "tt", "mn"})
_ALONE = {
    "en": "hello hi hey ok okay yes thanks please goodbye welcome sorry",
    "de": "hallo danke bitte tschüss nein servus",
    "fr": "salut merci oui non bonsoir",
    "es": "hola gracias adiós sí señor",
    "it": "ciao grazie prego",
    "pt": "olá obrigada obrigado sim não",
    "nl": "hoi dank bedankt alstublieft",
    "sv": "hej tack",
    "da": "tak",
    "no": "takk",
    "fi": "hei moi kiitos",
    "pl": "cześć dziękuję",
    "tr": "merhaba teşekkürler evet",
    "id": "halo terima kasih",
}
"""Words that people write alone, where there are too few letters to weigh."""

_lock = Lock()


def language(text: str, *, top_k: Annotated[int, Interval(ge=1, le=140)] = 5) -> dict[str, Any]:
    """Return the language as a classification; `scores` has the `top_k` likeliest codes."""
    sample = " ".join(text[:_ENOUGH].split())
    if not any(character.isalpha() for character in sample):
        return {"label": UNKNOWN, "score": 1.0, "scores": {UNKNOWN: 1.0}}
    with _lock:  # the library loads its model at the first call
        ranked = _rank()(sample)
    weighed = _weighed(ranked, latin=_is_latin(sample))
    greeted = _greeted(sample)
    if max(weighed.values()) < _NOTHING:
        if not greeted:
            return {"label": UNKNOWN, "score": 1.0, "scores": {UNKNOWN: 1.0}}
        weighed = dict.fromkeys(_COMMON, 0.0)
    for code in greeted:
        weighed[code] = max(weighed.values()) + 10.0
    scores = _normalised(weighed, len(sample.encode()))
    best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:top_k]
    shown = {code.upper(): round(score, 4) for code, score in best}
    label = next(iter(shown))
    return {"label": label, "score": shown[label], "scores": shown}


@cache
def _rank() -> Any:
    try:
        import py3langid
    except ImportError as error:
        raise MissingExtraError("builtin/language", "py3langid", "text") from error
    return py3langid.rank


def _greeted(sample: str) -> list[str]:
    words = sample.lower().strip(".,!?¡¿ ").split()
    if len(words) > 2:
        return []
    return [code for code, alone in _ALONE.items() if set(words) & set(alone.split())][:1]


def _weighed(ranked: Iterable[tuple[str, float]], *, latin: bool) -> dict[str, float]:
    """Return log scores by language: dialects put to theirs, each less what makes it unlikely."""
    weighed: dict[str, float] = {}
    for code, score in ranked:
        penalty = 0.0 if code in _COMMON else 5.0 if code in _KNOWN else 14.0
        if latin and code in _LATIN_RARELY:
            penalty += 6.0
        mine = _COUNTS_FOR.get(code, code)
        penalty = 1.0 if code in _COUNTS_FOR else penalty
        weighed[mine] = max(weighed.get(mine, -math.inf), score - penalty)
    weighed.pop("zxx", None)  # the model's class for what is no language
    return weighed


def _normalised(weighed: dict[str, float], length: int) -> dict[str, float]:
    """Return probabilities, flattened by the length: pieces of letters are not independent."""
    scale = math.sqrt(length)
    best = max(weighed.values())
    shares = {code: math.exp((score - best) / scale * 2) for code, score in weighed.items()}
    total = sum(shares.values())
    return {code: share / total for code, share in shares.items()}


def _is_latin(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return 2 * sum(c < "\u0250" for c in letters) > len(letters)
