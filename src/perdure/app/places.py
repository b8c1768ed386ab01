"""Where a store is: the folder it is made in, and what is said when it is missing."""

from pathlib import Path

from perdure.errors import StorePlaceError

FOLDER_MODE = 0o700
OWN_FOLDER = ".perdure"


def prepare(path: Path) -> None:
    """Make the store's folder, closed to others, and let version control pass it by.

    Raises StorePlaceError.
    """
    folder = path.parent
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True)
    except FileExistsError:
        return  # another process may have made it at this moment; the store looks what it is
    except OSError as error:
        raise StorePlaceError(
            f"the folder of {path} cannot be made: {error}. Name another place: set PERDURE_STORE"
        ) from error
    if folder.name == OWN_FOLDER:
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
