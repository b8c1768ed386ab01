"""Where runs are kept: a SQLite file, or plain memory. Both do what `ports.store` says, no more.

Read `memory` first, for the meaning in plain Python; then `sqlite.store`, for the same on disk.
"""
