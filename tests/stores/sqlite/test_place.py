"""Where a store can be kept."""

import pytest

from perdure.errors import StoreMissingError, StorePlaceError
from perdure.stores.sqlite.place import check_place, file_system


@pytest.fixture
def mounts(tmp_path):
    """Write a mount table in which a folder has a kind of file system."""

    def write(**kinds):
        table = tmp_path / "mounts"
        lines = [f"dev {tmp_path / place} {kind} rw 0 0" for place, kind in kinds.items()]
        table.write_text("\n".join(["root / ext4 rw 0 0", *lines]))
        return table

    return write


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ceph"])
def test_a_network_file_system_is_refused_with_what_to_do(tmp_path, mounts, kind):
    with pytest.raises(StorePlaceError, match=r"local disk.*PERDURE_STORE") as refused:
        check_place(tmp_path / "far" / "p.db", create=True, mounts=mounts(far=kind))

    assert kind in str(refused.value)


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "overlay", "tmpfs", "fuseblk", "apfs"])
def test_a_local_file_system_is_good(tmp_path, mounts, kind):
    check_place(tmp_path / "near" / "p.db", create=True, mounts=mounts(near=kind))

    assert (tmp_path / "near").is_dir()


def test_the_nearest_mount_tells_and_of_two_on_one_point_the_later(tmp_path, mounts):
    table = mounts(far="nfs", **{"far/near": "ext4"})
    both = tmp_path / "far" / "near"
    both.mkdir(parents=True)

    over = mounts(far="ext4")
    over.write_text(f"{over.read_text()}\ndev {tmp_path / 'far'} nfs rw 0 0")

    assert file_system(both, over) == "nfs"
    assert file_system(both, mounts(far="nfs", **{"far/near": "ext4"})) == "ext4"
    assert file_system(tmp_path, table) == "ext4"


def test_blanks_in_mount_points_are_understood(tmp_path):
    folder = tmp_path / "my files"
    folder.mkdir()
    table = tmp_path / "mounts"
    table.write_text(f"dev {str(folder).replace(' ', chr(92) + '040')} nfs rw 0 0\n")

    assert file_system(folder, table) == "nfs"


def test_where_the_system_does_not_tell_the_place_is_taken_for_good(tmp_path):
    check_place(tmp_path / "p.db", create=True, mounts=tmp_path / "no such table")

    assert file_system(tmp_path, tmp_path / "no such table") is None


def test_a_store_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "nowhere" / "p.db"

    with pytest.raises(StoreMissingError, match=str(path)):
        check_place(path, create=False)

    assert not path.parent.exists()


def test_a_folder_is_no_store(tmp_path):
    with pytest.raises(StorePlaceError, match="folder"):
        check_place(tmp_path, create=True)


def test_a_place_below_a_file_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StorePlaceError, match="cannot be made"):
        check_place(tmp_path / "file" / "p.db", create=True)
