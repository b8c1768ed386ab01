"""perdure's own tests: one file per source file, and the suites that cross them."""
