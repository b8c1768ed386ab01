"""How often a step may lose its worker where tests kill workers: a kill is not the step's fault."""

from perdure import Retry

PATIENT = Retry(max_attempts=1_000, base_delay=0.0)
