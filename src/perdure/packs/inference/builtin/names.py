"""The names that are known: places, organisations, first names, and the words that go with each."""

# ruff: noqa: SIM905
# Typographic marks are looked for; word lists read as text.

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_PEOPLES = re.compile(r"(?:[A-Z]\w{2,}(?:ian|ean|ese|ish|ani|eli|qi|ic)s?|[A-Z]\w*american)")
_PEOPLES_ALONE = frozenset(
    "German Germans French Dutch Greek Greeks Swiss Czech Czechs Slovak Slovaks Thai Thais Turk "
    "Turks Arab Arabs Dane Danes "
    "Swede Swedes Finn Finns Pole Poles Scot Scots Briton Britons Spaniard Spaniards American "
    "Americans African Africans "
    "Mexican Mexicans Korean Koreans Cuban Cubans Chilean Western Eastern Northern Southern "
    "Muslim Muslims Christian "
    "Christians Jewish Jews Jew Catholic Catholics Protestant Hindu Hindus Buddhist Sunni Shia "
    "Islam Islamic Kurdish Kurds "
    "Democrat Democrats Democratic Republican Republicans Conservative Conservatives Liberal "
    "Communist Nazi Nazis Afghan Afghans "
    "Ukrainian Welsh Basque Catalan Uzbek Kazakh Tamil Filipino Filipinos Somali Bengali Pashtun "
    "Croat Croats Serb Serbs".split()
)
_NO_PEOPLE = frozenset(
    "Ian Brian Adrian Christian Julian Damian Sebastian Fabian Vivian Lillian Gillian Dorian "
    "Jean Sean Dean Ocean Titanic Atlantic "
    "Pacific Public Republic Clinic Electric Music Mediterranean Caribbean Guardian Librarian "
    "Historian Arctic Baltic Adriatic "
    "Magic Classic Dominican Medic Logic Sonic Fabric Eric Dominic Cedric Ulric Frederic Parish "
    "Irish-Sea Spanish-Town".split()
)


@cache
def sections() -> Mapping[str, frozenset[str]]:
    """Return the names by kind."""
    found: dict[str, set[str]] = {}
    text = files("perdure.packs").joinpath("words", "names.txt").read_text(encoding="utf-8")
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for part in body.split("[")[1:]:
        kind, _, names = part.partition("]")
        found[kind] = {" ".join(name.split()) for name in names.replace("\n", ";").split(";")} - {
            ""
        }
    return {kind: frozenset(names) for kind, names in found.items()}


@cache
def first_names() -> frozenset[str]:
    """Return the first names."""
    text = files("perdure.packs").joinpath("words", "first_names.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(name for line in lines for name in line.split())


def is_of_a_people(word: str) -> bool:
    """Tell the name of a people, faith or party, which is no name of a person or place."""
    if word in _PEOPLES_ALONE:
        return True
    known = word in first_names() or word in _NO_PEOPLE or word in sections()["place"]
    return not known and bool(_PEOPLES.fullmatch(word)) and not word.isupper()


def is_known(word: str) -> bool:
    """Tell whether a word alone is a name of any kind."""
    kinds = sections()
    return word in kinds["place"] or word in kinds["organisation"] or word in kinds["people"]
