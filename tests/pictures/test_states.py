"""How states look."""

import re

import pytest

from perdure.cli.output import STYLES
from perdure.pictures.states import STATES, words


def test_each_state_of_a_step_has_a_look():
    assert set(STYLES) - {"paused", "cancelling"} == set(STATES)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("ground", ["light", "dark"])
def test_texts_can_be_read_on_their_ground(state, ground):
    """WCAG's measure of contrast: at least 4.5 to 1."""
    fill, _, ink = getattr(STATES[state], ground)

    high, low = sorted((light(fill), light(ink)), reverse=True)

    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_signs_lie_in_their_square():
    for look in STATES.values():
        numbers = [
            float(n) for n in re.findall(r"-?\d*\.?\d+", re.sub(r"a[^MLVHZ]*", "", look.sign))
        ]
        assert numbers
        assert all(0 <= n <= 12 for n in numbers)


def test_a_state_is_read_as_words():
    assert words("outcome_unknown") == "outcome unknown"


def light(colour):
    """Return a colour's relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
