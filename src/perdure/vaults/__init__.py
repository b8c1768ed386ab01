"""What seals secrets: `envelope` (the cipher), `masters` (where master keys are), `keeper` (data keys).

Nothing of this is imported where no run has secrets.
"""
