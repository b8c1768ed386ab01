"""Other engines under the same cases, each in an environment of its own."""
