"""The protocols between the engine and the world: store, executor, clock, mailbox, models.

Read `store` first: its `Commit` is everything that an advance of runs may write.
"""
