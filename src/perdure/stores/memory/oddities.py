"""What no store keeps, so that the one in memory refuses it as a database would."""

from collections.abc import Sequence

from perdure.errors import StoreRefusedError
from perdure.stores.rows import Row, encode_rows, is_odd


def refuse_odd(rows: Sequence[Row]) -> None:
    """Refuse what a database could not keep: a NUL, a lone surrogate, a number that is none.

    Raises StoreRefusedError.
    """
    try:
        encode_rows(rows)
    except ValueError as error:
        raise StoreRefusedError(f"the store in memory refused a row: {error}") from error
    if odd := [row for row in rows if is_odd(row)]:
        raise StoreRefusedError(f"the store in memory refused a row: {odd[0]}")
