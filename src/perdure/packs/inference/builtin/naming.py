"""What a run of capitalised words names, judged by known names, its form and its place.

Each judge looks at one kind of evidence and returns a label with how sure it makes us, or nothing;
the first that knows decides, so they are asked from what proves most to what proves least.
"""

# ruff: noqa: RUF001, SIM905
# Typographic marks are looked for; word lists read as text.

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from perdure.packs.inference.builtin import names

Verdict = tuple[str, float] | None


@dataclass(frozen=True, slots=True)
class Name:
    """A candidate: its words, the small words about it, and what is known of its sentence."""

    words: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...] = field(kw_only=True)
    titled: bool = field(default=False, kw_only=True)
    is_first: bool = field(default=False, kw_only=True)
    in_headline: bool = field(default=False, kw_only=True)

    @property
    def full(self) -> str:
        """Return the words as one text."""
        return " ".join(self.words)

    @property
    def is_alone(self) -> bool:
        """Tell a single word."""
        return len(self.words) == 1


_EVENTS = frozenset(
    "Cup War Championship Championships Olympics Games Prize Award Awards Day Festival Revolution "
    "Treaty Act Week Year Accord Agreement Summit Election Elections Series Tour Marathon Grand "
    "Prix Open Masters Oscar Oscars Bible".split()
)
_SAYS = frozenset(
    "said says told tells added wrote writes argued argues explained asked replied warned "
    "insisted tweeted recalled laughed smiled "
    "testified married died resigned retired sang sings plays played scored starred stars grew "
    "studied studies teaches taught "
    "directed directs painted painted composed lives lived works worked thinks believes believed "
    "hopes wants wanted who whose".split()
)
_DOES = frozenset(
    "announced announces unveiled unveils acquired acquires bought buys launched launches "
    "reported reports posted posts "
    "delivered recalled recalls plans planned employs employed hired hires invested invests owns "
    "owned manufactures makes sells "
    "shares stock stocks plant factory executive spokesman spokeswoman employees customers "
    "headquarters chief ceo subsidiary "
    "founder products software engineers investors shareholders store stores profits revenue "
    "sales owner".split()
)
_VERBS = _SAYS | _DOES | frozenset(
    "is was has had will would can could may might did does said lost won beat beats loses wins "
    "rises rose fell falls opened opens "
    "closed closes expects expected raised raises signed signs became becomes began begins "
    "agreed agrees denied denies refused "
    "sued sues faces faced declined declines moved moves sent sends received receives".split()
)  # fmt: skip
_COMPANIES = frozenset(
    "company firm bank group startup start-up maker carmaker automaker giant rival retailer "
    "airline subsidiary newspaper magazine "
    "broadcaster publisher charity agency manufacturer brewer lender insurer operator brand "
    "label studio club team employer".split()
)
_PEOPLE = frozenset(
    "singer author novelist actor actress coach striker goalkeeper midfielder defender captain "
    "writer poet painter artist director "
    "composer architect designer chef journalist reporter editor professor scientist biologist "
    "physicist economist historian "
    "philosopher engineer lawyer activist politician lawmaker mayor minister senator president "
    "king queen wife husband son daughter "
    "brother sister father mother friend colleague founder co-founder owner chairman boss "
    "manager spokesman spokeswoman named analyst".split()
)
_WHERE = frozenset(
    "in near across throughout outside towards toward around north south east west fled invaded "
    "bombed shelled flooded".split()
)
_WHITHER = frozenset(
    "from to into via through between leaving reached visited entered of and".split()
)
_TELLS = frozenset(
    "told tells added wrote explained replied recalled laughed smiled joked shouted cried "
    "tweeted testified thinks believes died "
    "married resigned retired sang grew".split()
)  # fmt: skip
_NO_PLACE_IN = frozenset(
    "stake stakes share shares invest invested investing investment investments interest believe "
    "believes trust confidence".split()
)
_MASS = re.compile(
    r"\w+(?:tion|sion|ment|ness|ity|ism|ing|ance|ence|ists?|ers|ors|ly|ics|ure|ship|hood|age|ians)"
)
_CAMEL = re.compile(r"[A-Z]?[a-z]+[A-Z]\w*|\w*[A-Z]{2,}[a-z]+\w*")
_SURNAME = re.compile(r"(?:Mac|Mc|O['’]|De|Di|Van)[A-Z][a-z]+")


def is_descriptor(word: str) -> bool:
    """Tell a word that says what someone or something is, in front of its name."""
    return (
        word.lower() in _PEOPLE
        or word.lower() in _COMPANIES
        or word.lower().endswith(("maker", "builder"))
    )


def judged(name: Name) -> Verdict:
    """Return the label and how sure it is, or nothing for what is no name."""
    for judge in _JUDGES:
        verdict = judge(name)
        if verdict is not None:
            return verdict if verdict[0] else None
    return None


def _by_list(name: Name) -> Verdict:
    kinds = names.sections()
    full = name.full
    if name.is_alone and names.is_of_a_people(full) and full not in kinds["organisation"]:
        return ("", 0.0)
    if name.is_alone and full in kinds["common"] and (name.is_first or not names.is_known(full)):
        return ("", 0.0)
    if full in kinds["organisation"]:
        return ("LOC", 0.7) if full == "Amazon" and name.before[-1:] == ("the",) else ("ORG", 0.95)
    if full in kinds["place"] and not (
        name.titled or _is_doing(name, _SAYS, full in names.first_names())
    ):
        return ("LOC", 0.95)
    return ("PER", 0.9) if full in kinds["people"] and (name.is_alone or name.titled) else None


def _is_doing(name: Name, verbs: frozenset[str], asked: bool) -> bool:
    return asked and bool(name.after) and name.after[0] in verbs


def _by_title(name: Name) -> Verdict:
    if (
        name.titled
        and len(name.words) <= 4
        and name.words[-1] not in names.sections()["organisation-last"]
    ):
        return ("PER", 0.9)
    return None


def _by_organisation_word(name: Name) -> Verdict:
    kinds = names.sections()
    if name.is_alone:
        return None
    if any(word in _EVENTS for word in name.words[1:]):
        return ("", 0.0)
    if "of" not in name.words and name.words[-1].rstrip(".") in kinds["organisation-last"]:
        given = name.words[0] in names.first_names() and len(name.words) == 2
        return (
            ("PER", 0.5)
            if given and name.words[-1] in {"Price", "Post", "Church", "Works", "Guard"}
            else ("ORG", 0.9)
        )
    head = name.words[: name.words.index("of")] if "of" in name.words else name.words
    if head[0] in kinds["organisation-first"] or (
        head != name.words and head[-1] in kinds["organisation-last"]
    ):
        return ("ORG", 0.85)
    return ("ORG", 0.75) if names.is_of_a_people(head[0]) and name.before[-1:] == ("the",) else None


def _by_place_word(name: Name) -> Verdict:
    kinds = names.sections()
    if name.is_alone or name.words[0] in names.first_names() - {"Rio"}:
        return None
    if name.words[-1] in kinds["place-last"] or name.words[0].rstrip(".") in kinds["place-first"]:
        return ("LOC", 0.85)
    return (
        ("LOC", 0.8)
        if name.words[-1] in kinds["place"] and name.words[0] in {"Downtown", "Central", "Inner"}
        else None
    )


def _by_form(name: Name) -> Verdict:
    word = name.words[0]
    if name.is_alone and word.replace(".", "").isupper() and len(word) > 1:
        wrong = word in names.sections()["acronym"] or len(word) > 6 or name.in_headline
        return ("", 0.0) if wrong else ("ORG", 0.7)
    if "&" in name.words:
        return ("ORG", 0.85)
    if _SURNAME.fullmatch(name.words[-1]):
        return ("PER", 0.7)
    return ("ORG", 0.7) if name.is_alone and _CAMEL.fullmatch(word) else None


def _by_first_name(name: Name) -> Verdict:
    first, last = name.words[0], name.words[-1]
    initial = len(first) == 2 and first.endswith(".")
    if not name.is_alone and (first in names.first_names() or initial) and len(name.words) <= 5:
        return ("PER", 0.9) if last.isalpha() or "-" in last or "'" in last else ("PER", 0.7)
    if not name.is_alone and first.split("-")[0] in names.first_names() and "-" in first:
        return ("PER", 0.85)
    if name.is_alone and first in names.first_names():
        return ("PER", 0.6)
    return ("PER", 0.85) if not name.is_alone and last in names.sections()["people"] else None


def _by_context(name: Name) -> Verdict:
    if name.in_headline:
        return ("", 0.0)
    before, after = name.before[-1:], name.after[:1]
    last = before[0] if before else ""
    follows = after[0] if after else ""
    if last in _PEOPLE or (follows in _SAYS and not name.is_alone):
        return ("PER", 0.75)
    if (
        last in _COMPANIES
        or follows in _DOES
        or set(name.before[-2:]) & {"shares", "stake", "subsidiary", "analysts"}
    ):
        return ("ORG", 0.7)
    if follows == "'s" and len(name.after) > 1 and name.after[1] in _DOES:
        return ("ORG", 0.7)
    if last in _WHERE and not set(name.before) & _NO_PLACE_IN:
        return ("LOC", 0.75)
    return ("ORG", 0.55) if last == "at" and not name.is_alone else None


def _by_default(name: Name) -> Verdict:
    if name.is_alone:
        return _alone(name)
    if any(word in names.sections()["common"] for word in name.words):
        return ("ORG", 0.5) if name.before[-1:] == ("the",) else None
    if name.before[-1:] == ("the",):
        return ("ORG", 0.5)
    return ("PER", 0.6) if len(name.words) <= 3 else ("ORG", 0.5)


def _alone(name: Name) -> Verdict:
    word = name.full
    follows = name.after[0] if name.after else ""
    if len(word) < 3 or (_MASS.fullmatch(word.lower()) and name.is_first):
        return None
    if name.is_first:
        if follows in _TELLS or (
            follows in _SAYS and name.before[-1:] and name.before[-1] in {'"', "”", "'", ","}
        ):
            return ("PER", 0.55)
        does = follows in _VERBS or follows == "'s" or (follows.endswith("ed") and len(follows) > 4)
        plural = word.endswith("s") and not word.endswith("ss")
        return ("ORG", 0.5) if does and not plural else None
    last = name.before[-1] if name.before else ""
    if last in _WHITHER | {"at"}:
        return ("LOC", 0.5)
    if last in {"the", "a", "an", "this", "that"}:
        return None
    return ("PER", 0.45) if follows in _SAYS else ("ORG", 0.4)


_JUDGES: Sequence[Callable[[Name], Verdict]] = (
    _by_list,
    _by_title,
    _by_organisation_word,
    _by_place_word,
    _by_form,
    _by_first_name,
    _by_context,
    _by_default,
)
