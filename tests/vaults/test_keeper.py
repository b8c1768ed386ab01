"""The data keys of runs: made, used, wrapped anew, and gone."""

import pytest

from perdure.ports.vault import KeyGone, MasterKeyError, SealBrokenError, SecretGoneError
from perdure.stores.memory import MemoryStore
from perdure.vaults import keeper as keepers
from perdure.vaults.envelope import new_key
from perdure.vaults.keeper import Keeper
from perdure.vaults.masters import FileMasters, GivenMasters, MasterKey
from tests.conformance.given import NOW, apply, born

TEXT = '"c4n4ry"'


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def masters(tmp_path):
    return FileMasters(tmp_path / "perdure.db.key")


def bear(store, keeper, *runs):
    """Have runs born with their keys, and return what is sealed for each."""
    tokens = []
    with keeper.wrapping() as master:
        rows = [keeper.made(run, master) for run in runs]
        tokens = [keeper.sealed_by(row, "here", "secret", TEXT) for row in rows]
        apply(store, born=[born(run) for run in runs], data_keys=rows)
    return tokens


def test_what_is_sealed_before_the_birth_is_opened_after_it_in_any_process(store, masters):
    (token,) = bear(store, Keeper(store.data_keys, masters), "a")

    there = Keeper(store.data_keys, masters)

    assert there.opened("a", "here", "secret", token) == TEXT
    assert there.opened("a", "x", "private", there.sealed("a", "x", "private", TEXT)) == TEXT


@pytest.mark.parametrize(
    ("run", "place", "kind"),
    [("b", "here", "secret"), ("a", "there", "secret"), ("a", "here", "private")],
)
def test_a_token_holds_for_its_run_its_place_and_its_kind(store, masters, run, place, kind):
    keeper = Keeper(store.data_keys, masters)
    token, _ = bear(store, keeper, "a", "b")

    with pytest.raises(SealBrokenError):
        keeper.opened(run, place, kind, token)


def test_a_destroyed_key_opens_nothing_also_where_it_was_used_before(store, masters):
    keeper = Keeper(store.data_keys, masters)
    (token,) = bear(store, keeper, "a")
    keeper.opened("a", "here", "secret", token)

    store.data_keys.destroy([KeyGone("a", NOW, "ann")])

    with pytest.raises(SecretGoneError, match=r"destroyed at 2023-11-14T22:13:20\+00:00 by ann"):
        keeper.opened("a", "here", "secret", token)
    with pytest.raises(SecretGoneError, match="run b has no data key"):
        keeper.sealed("b", "here", "secret", TEXT)


def test_a_store_whose_master_key_is_not_here_is_refused(store, masters):
    keeper = Keeper(store.data_keys, masters)
    Keeper(store.data_keys, masters).check()
    bear(store, keeper, "a")
    keeper.check()
    ((id_, _),) = keeper.standing().items()

    other = Keeper(store.data_keys, GivenMasters([MasterKey(new_key())], "SOMEWHERE"))

    with pytest.raises(MasterKeyError, match=f"need the master key {id_}, and SOMEWHERE has"):
        other.check()
    with pytest.raises(MasterKeyError, match=f"perdure keys abandon {id_}"):
        other.sealed("a", "here", "secret", TEXT)
    missing = Keeper(store.data_keys, FileMasters(masters._path.with_name("none.key")))
    with pytest.raises(MasterKeyError, match="has no key"):
        missing.check()


def test_all_keys_are_wrapped_anew_and_the_old_master_key_is_not_needed(
    store, masters, monkeypatch
):
    monkeypatch.setattr(keepers, "SLICE", 2)
    keeper = Keeper(store.data_keys, masters)
    tokens = bear(store, keeper, "a", "b", "c")
    store.data_keys.destroy([KeyGone("b", NOW, "ann")])
    old = masters.read()

    id_, count = keeper.rotate()

    assert count == 2
    assert keeper.standing() == {id_: 2}
    assert masters.read() != old
    there = Keeper(store.data_keys, masters)
    assert there.opened("a", "here", "secret", tokens[0]) == TEXT
    assert there.opened("c", "here", "secret", tokens[2]) == TEXT


def test_a_rotation_that_was_cut_off_is_gone_on_with(store, masters, monkeypatch):
    monkeypatch.setattr(keepers, "SLICE", 1)
    keeper = Keeper(store.data_keys, masters)
    tokens = bear(store, keeper, "a", "b", "c")
    cut = Cut(store.data_keys, after=2)

    with pytest.raises(LookupError):
        Keeper(cut, masters).rotate()

    there = Keeper(store.data_keys, masters)
    there.check()
    assert [there.opened(run, "here", "secret", t) for run, t in zip("abc", tokens, strict=True)]
    assert sorted(store.data_keys.masters().values()) == [1, 2]
    _, count = there.rotate()
    assert count == 1
    assert list(store.data_keys.masters().values()) == [3]
    assert len(masters.read()) == 1


class Cut:
    """Rows of a process that is cut off when it has wrapped some of them."""

    def __init__(self, rows, after):
        self._rows = rows
        self._left = after

    def __getattr__(self, name):
        return getattr(self._rows, name)

    def rewrap(self, rows, old):
        if self._left == 0:
            raise LookupError
        self._left -= 1
        return self._rows.rewrap(rows, old)


def test_a_process_keeps_a_few_keys_and_unwraps_the_others_again(store, masters, monkeypatch):
    monkeypatch.setattr(keepers, "MOST_KEPT", 2)
    keeper = Keeper(store.data_keys, masters)
    tokens = bear(store, keeper, *"abcd")

    assert [keeper.opened(r, "here", "secret", t) for r, t in zip("abcd", tokens, strict=True)]
    assert len(keeper._kept) == 2
