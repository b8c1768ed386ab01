"""`python -m benchmarks`: measure everything and write `RESULTS.md` (see `run`)."""

import sys

from benchmarks.run import main

sys.exit(main())
