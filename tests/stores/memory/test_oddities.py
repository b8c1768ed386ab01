"""What no store keeps."""

import pytest

from perdure.errors import StoreRefusedError
from perdure.stores.memory.oddities import refuse_odd


def test_what_a_database_could_not_keep_is_refused():
    with pytest.raises(StoreRefusedError, match="surrogates"):
        refuse_odd([("r1", "\ud800")])


def test_a_character_that_ends_a_text_is_refused():
    with pytest.raises(StoreRefusedError, match="NUL"):
        refuse_odd([("r1", "a\0b")])
