"""Where step bodies run: `inline`, `threads`, `aio`. All call user code through `invoke`."""
