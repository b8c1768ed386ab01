"""Secret texts are taken out of other texts, in the spellings that they get on their way."""

import base64
import io
import json
import logging
from urllib.parse import quote, quote_plus

import pytest

from perdure.authoring.masking import MASK, MASKING, Masks, mask_logs, spellings

SECRET = 'c4n4ry/"Zoë" +x'


def masks(*values):
    made = Masks()
    for value in values:
        made.add(value)
    return made


@pytest.mark.parametrize(
    "spelt",
    [
        SECRET,
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        repr(SECRET)[1:-1],
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        SECRET.encode().hex(),
    ],
)
def test_a_secret_is_masked_as_it_is_spelt(spelt):
    assert masks(SECRET).hide(f"before {spelt} after") == f"before {MASK} after"


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "abcd"])
@pytest.mark.parametrize("after", ["", "z", "yz"])
def test_a_secret_within_base64_is_masked_wherever_it_begins(before, after):
    for encoder in (base64.b64encode, base64.urlsafe_b64encode):
        coded = encoder(f"{before}{SECRET}{after}".encode()).decode()

        hidden = masks(SECRET).hide(coded)

        assert MASK in hidden
        assert len(hidden.replace(MASK, "")) <= 12


def test_what_is_in_a_secret_value_is_secret_and_numbers_too():
    made = masks({"user": "annabelle", "pins": [93817, True, None, 3.25]})

    assert made.hide("annabelle has 93817 and 3.25, True") == f"{MASK} has {MASK} and {MASK}, True"


def test_short_texts_stay_where_they_are():
    made = masks("abc", 12)

    assert not made
    assert made.hide("abc 12") == "abc 12"
    assert "abc" not in spellings("abc")


def test_values_are_masked_by_structure():
    made = masks("annabelle", 93817)
    value = {"annabelle": ["to annabelle", 93817, 938170, True, None]}

    assert made.hide_in(value) == {MASK: [f"to {MASK}", MASK, 938170, True, None]}


@pytest.fixture
def logged():
    """A log, and what it has written."""
    mask_logs()
    mask_logs()
    log, stream = logging.getLogger("tests.masking"), io.StringIO()
    handler = logging.StreamHandler(stream)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield log, stream
    log.removeHandler(handler)


def test_log_records_lose_what_is_secret_where_they_are_made(logged):
    log, stream = logged
    token = MASKING.set(masks(SECRET))
    try:
        log.info("asking with %s", SECRET, stack_info=True)
        try:
            int(SECRET)
        except ValueError:
            log.exception("failed")
    finally:
        MASKING.reset(token)

    text = stream.getvalue()
    assert SECRET not in text
    assert f"asking with {MASK}" in text
    assert f"ValueError: invalid literal for int() with base 10: '{MASK}'" in text


def test_elsewhere_records_stay_as_they_are(logged):
    log, stream = logged

    log.info("asking with %s", SECRET)

    assert stream.getvalue() == f"asking with {SECRET}\n"
