"""One word for one thing: the glossary is whole, and its forbidden synonyms stay outside."""

import os
import re

import pytest

from tests.architecture.tree import ROOT, SOURCES, sources

WORDS = (
    *("workflow", "plan", "revision", "run", "step", "visit", "attempt", "job", "directive"),
    *("history", "context", "signal", "event", "inbox", "timer", "lease", "token", "worker"),
    *("executor", "store", "queue", "file", "outbox", "task"),
)
DESIGN = ROOT.parent / "shared" / "DESIGN.md"

# A run may be explained as "one execution of a plan", and durable execution is the field's name.
# REST's names are document 004's, and the documents' own names live in compat.
FOREIGN = {"compat", "service", "wire", "client", "server"}
SYNONYMS = re.compile(
    r"(?<!durable )(?<!one )(?<![a-z])executions?(?![a-z])|\b(?:job|flow|workflow)[ _-]?runs?\b",
    re.IGNORECASE,
)


def glossary():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return re.findall(r"^\*\*(\w+)\*\*", text, re.MULTILINE)


def test_the_glossary_has_each_word_of_the_design():
    assert set(WORDS) <= set(glossary())


def test_the_glossary_says_each_word_once_and_in_order():
    assert glossary() == sorted(set(glossary()))


@pytest.mark.skipif(
    not DESIGN.exists() and os.environ.get("CI") != "true", reason="the design is not beside us"
)
def test_the_words_are_those_of_the_designs_table():
    table = re.findall(r"^\| ([^|]+) \|", DESIGN.read_text(encoding="utf-8"), re.MULTILINE)
    rows = table[table.index("word") + 1 : table.index("task") + 1]
    words = {word for row in rows for word in re.split(r"[;,]\s*", row.strip("- ")) if word}

    assert words == set(WORDS) - {"plan", "revision"}  # these two stand in the workflow's row


def test_no_forbidden_synonym_is_in_the_source():
    found = [
        f"{source}:{number}: {line.strip()}"
        for source in sources()
        if source.path.relative_to(SOURCES).parts[0] not in FOREIGN
        for number, line in enumerate(source.text.splitlines(), 1)
        if SYNONYMS.search(line)
    ]

    assert not found, "say run; docs/glossary.md has the words"


@pytest.mark.parametrize(
    "line", ["execution_id = 1", "class Execution:", "# a job run", "flow_runs()", "all executions"]
)
def test_the_synonyms_are_seen(line):
    assert SYNONYMS.search(line)


@pytest.mark.parametrize(
    "line", ["SynchronousExecutor", "durable execution", "one execution of a plan", "rerun()"]
)
def test_words_that_only_look_like_them_are_not(line):
    assert not SYNONYMS.search(line)
