"""Where master keys are, how they are made, and how another takes a key's place."""

import threading

import pytest

from perdure.ports.vault import MasterKeyError
from perdure.vaults.envelope import new_key
from perdure.vaults.masters import VARIABLE, FileMasters, GivenMasters, masters_of, parse


@pytest.fixture
def file(tmp_path):
    return tmp_path / "perdure.db.key"


def test_a_key_is_made_beside_the_store_when_it_is_first_needed_for_its_owner_alone(file):
    masters = FileMasters(file)
    before = masters.read()

    with masters.wrapping() as key:
        made = key

    assert before == ()
    assert file.stat().st_mode & 0o777 == 0o600
    assert FileMasters(file).read() == (made,)
    with masters.wrapping() as key:
        assert key == made


def test_a_key_is_known_by_an_id_and_does_not_show_itself(file):
    with FileMasters(file).wrapping() as key:
        assert len(key.id) == 16
        assert key.secret.hex() not in repr(key)
        assert key.id not in key.secret.hex()


def test_a_key_that_others_can_read_is_refused(file):
    with FileMasters(file).wrapping():
        pass
    file.chmod(0o640)

    with pytest.raises(MasterKeyError, match="can be read by others. Do: chmod 600"):
        FileMasters(file).read()


def test_another_key_takes_its_place_when_the_block_has_ended(file):
    masters = FileMasters(file)
    with masters.wrapping() as old:
        pass

    with masters.rotating() as keys:
        assert keys[1:] == (old,)
        assert masters.read() == keys

    assert masters.read() == keys[:1]


def test_where_the_block_fails_both_stay_and_the_next_goes_on_with_them(file):
    masters = FileMasters(file)
    with masters.wrapping():
        pass
    with pytest.raises(LookupError), masters.rotating() as keys:
        raise LookupError

    with masters.rotating() as again:
        assert again == keys

    assert masters.read() == keys[:1]


def test_who_rotates_waits_for_those_who_wrap(file):
    """So no key is written under a master key that is just going."""
    masters = FileMasters(file)
    gone = threading.Event()

    def rotate():
        with masters.rotating():
            gone.set()

    with masters.wrapping():
        thread = threading.Thread(target=rotate)
        thread.start()
        assert not gone.wait(0.1)
    thread.join(10)

    assert gone.is_set()


def test_keys_may_be_given_in_the_environment(tmp_path):
    texts = [new_key().hex() for _ in range(2)]
    masters = masters_of(tmp_path / "perdure.db", {VARIABLE: f" {texts[0]} ,{texts[1]}"})

    assert masters.place == VARIABLE
    assert [key.secret.hex() for key in masters.read()] == texts
    with masters.wrapping() as key:
        assert key.secret.hex() == texts[0]
    with masters.rotating() as keys:
        assert keys == masters.read()
    assert list(tmp_path.iterdir()) == []


def test_one_given_key_cannot_be_rotated_by_us():
    masters = masters_of(None, {VARIABLE: new_key().hex()})

    with (
        pytest.raises(
            MasterKeyError, match=f"Give the new key and the old one, {VARIABLE}=NEW,OLD"
        ),
        masters.rotating(),
    ):
        pass


def test_without_a_word_it_is_the_file_beside_the_store_or_one_of_the_process(tmp_path):
    assert masters_of(tmp_path / "my.db", {}).place == str(tmp_path / "my.db.key")
    assert isinstance(masters_of(None, {VARIABLE: " "}), GivenMasters)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hunter2", "is no master key: that is 64 hexadecimal digits"),
        ("0" * 64, "was not made by chance"),
        ("ab" * 32, "was not made by chance"),
        (bytes(range(32)).hex() + "0", "is no master key"),
    ],
)
def test_a_weak_key_or_none_is_refused_and_not_repeated(text, why):
    with pytest.raises(MasterKeyError, match=why) as caught:
        parse([new_key().hex(), text], "the place")

    assert "key 2 of the place" in str(caught.value)
    assert text not in str(caught.value)
