"""Whether a store can be kept at a place: on a local disk, in a folder that is there."""

import os
import re
from pathlib import Path

from perdure.errors import StoreMissingError, StorePlaceError

MOUNTS = Path("/proc/mounts")

# Their locks or their flushes are not to be trusted. 9p is also WSL's view of Windows drives.
_NETWORK = re.compile(
    r"nfs4?|cifs|drvfs|vboxsf|smb[23fs]*|9p|afs|ceph|glusterfs|lustre|ncpfs|gfs2|ocfs2|davfs"
    r"|fuse\.(?:sshfs|s3fs|rclone|glusterfs|davfs|gcsfuse|goofys)"
)


def check_place(path: Path, *, create: bool, mounts: Path = MOUNTS) -> None:
    """Refuse a path where a store cannot be kept safely.

    Raises StoreMissingError where nothing is and nothing may be made, StorePlaceError for a
    network file system, a folder in the file's stead, or a folder that cannot be written.
    """
    if not create and not path.exists():
        raise StoreMissingError(
            f"there is no store at {path}. Start a run there first, or name another one:"
            " --store, PERDURE_STORE."
        )
    if path.is_dir():
        raise StorePlaceError(f"{path} is a folder. Name a file in it: {path / 'perdure.db'}.")
    if create:
        _make_folder(path)
    if (kind := file_system(path.parent, mounts)) and _NETWORK.fullmatch(kind):
        raise StorePlaceError(
            f"{path} is on a network file system ({kind}), whose locks and flushes a store cannot"
            " trust. Put it on a local disk: set PERDURE_STORE to a path there."
        )


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorePlaceError(f"the folder of {path} cannot be made: {error}") from error
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise StorePlaceError(f"the folder of {path} cannot be written to. Name another place.")


def file_system(folder: Path, mounts: Path = MOUNTS) -> str | None:
    """Return the kind of file system a folder is on, None where the system does not tell."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    where = folder.resolve()
    best: tuple[int, str] | None = None
    for line in lines:
        _, point, kind, *_ = line.split(" ")
        mounted = Path(_unescape(point))
        if where.is_relative_to(mounted) and (best is None or len(mounted.parts) >= best[0]):
            best = (len(mounted.parts), kind)  # of two on one point the later one is seen
    return best[1] if best else None


def _unescape(point: str) -> str:
    """Undo the octal escapes that mount tables write for blanks."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), point)
