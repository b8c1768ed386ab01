"""The ways to write a workflow. Each compiles to a `Plan` and bodies; `registry` keeps them."""
