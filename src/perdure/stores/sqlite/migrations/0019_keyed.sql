-- The number of the visit whose idempotency key a job's attempts have, where that is not its own.
ALTER TABLE jobs ADD COLUMN keyed INTEGER;
