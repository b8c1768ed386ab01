"""Document 003's own names. `core` is what workflows import, `models` what monitoring does."""
