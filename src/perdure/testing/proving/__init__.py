"""`prove`: a user's own workflow in the simulator, its step bodies run for real.

Read `scenario` first (what a user says), then `proof` (many histories, shrunk to one), `stage` (one
history), `services` (fake services and what was done at them), `guard` (what a step must not
touch), `findings` (what counts as broken) and `verdict` (how it is told).
"""
