"""`perdure definitions`: workflows that the store keeps, by their ids."""

import json

import pytest

from tests.service.scenes import TIDY


@pytest.fixture
def kept(cli):
    """Return what writes a definition's file and keeps it, and returns its id."""

    def keep(**but):
        path = cli.folder / "tidy.json"
        path.write_text(json.dumps({**TIDY, **but}))
        return cli("definitions", "create", path, "--json").document["id"]

    return keep


def test_a_workflow_is_kept_listed_and_shown(cli, kept):
    id_ = kept()

    listed, shown = cli("definitions"), cli("definitions", "show", id_)

    header, row = listed.out.splitlines()
    assert header.split() == ["ID", "NAME", "VERSION", "REVISION", "STATUS", "STEPS", "CHANGED"]
    assert row.split()[:6] == [id_, "tidy", "1.0", "1", "created", "2"]
    assert '"Tidy a text"' in shown.out


def test_it_is_run_by_its_id(cli, kept):
    id_ = kept()

    ran = cli("definitions", "run", id_, "--input", "text=a  b", "--key", "k")
    again = cli("definitions", "run", id_, "--input", "text=x", "--key", "k", "--json")

    assert (ran.code, ran.out.splitlines()[0]) == (0, "Again: a b")
    assert (again.code, again.document["result"]) == (0, "Again: a b")
    assert cli("definitions", "list", "--status", "completed", "--json").document["total"] == 1


def test_what_is_made_is_told(cli):
    path = cli.folder / "tidy.json"
    path.write_text(json.dumps(TIDY))

    made = cli("definitions", "create", path, "--key", "k")
    again = cli("definitions", "create", path, "--key", "k")

    assert made.out.startswith("wf_")
    assert made.out == again.out
    assert "perdure definitions run wf_" in made.err


def test_it_is_changed_where_it_stands_as_it_was_read(cli, kept):
    id_ = kept()
    path = cli.folder / "new.yaml"
    path.write_text(json.dumps({**TIDY, "version": "2.0"}))

    changed = cli("definitions", "update", id_, path, "--revision", 1)
    late = cli("definitions", "update", id_, path, "--revision", 1)

    assert (changed.code, changed.out.strip()) == (0, id_)
    assert late.code == 2
    assert "is at revision 2, not at 1" in late.err
    shown = cli("definitions", "show", id_, "--json").document
    assert [each["version"] for each in shown["revisions"]] == ["2.0", "1.0"]
    older = cli("definitions", "show", id_, "--revision", 1)
    assert '"1.0"' in older.out
    assert "revision 1: version 1.0" in older.err


def test_it_is_deleted(cli, kept):
    id_ = kept()

    gone = cli("definitions", "delete", id_)

    assert gone.out == f"{id_} is deleted\n"
    assert cli("definitions", "show", id_).code == 2
    assert "no workflow is kept" in cli("definitions").err


def test_there_may_be_more_than_are_listed(cli, kept):
    for name in "ab":
        kept(name=name)

    listed = cli("definitions", "--limit", 1, "--sort=-name")

    assert listed.out.splitlines()[1].split()[1] == "b"
    assert "1 more" in listed.err


def test_its_functions_may_be_somebodys_own(cli):
    (cli.folder / "own.py").write_text(
        "from perdure import function\n\n@function('shout_here')\n"
        "def shout_here(text: str) -> str:\n    return text.upper()\n"
    )
    step = {**TIDY["steps"][0], "function": "shout_here"}
    path = cli.folder / "flow.json"
    path.write_text(json.dumps({"name": "shouting", "steps": [step]}))

    id_ = cli("definitions", "create", path, "--module", cli.folder / "own.py").out.strip()
    ran = cli("definitions", "run", id_, "--input", "text=a", "--module", cli.folder / "own.py")

    assert ran.out.splitlines()[0] == "A"


def test_without_a_store_only_create_makes_one(cli):
    said = cli("definitions")

    assert said.code
    assert "perdure.db" in said.err
