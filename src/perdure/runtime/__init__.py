"""What turns the kernel and touches the world: the ledger, and one duty a file.

Read in this order: `records`, `hotrun`, `effects`, `ledger`, `worker`, then the duties
`timekeeper`, `rescuer`, `watcher`, and the `loop` that drives them.
"""
