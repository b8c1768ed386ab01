"""How many stories Hypothesis tells: few and the same ones in CI, many and new ones at night."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("ci", max_examples=150, derandomize=True, deadline=None, database=None)
settings.register_profile(
    "nightly",
    max_examples=5_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("nightly" if os.environ.get("PERDURE_NIGHTLY") == "1" else "ci")
