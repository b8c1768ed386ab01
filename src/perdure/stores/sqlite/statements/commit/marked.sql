-- The run with this id, if it carries the mark of the batch.
SELECT id, n FROM runs INDEXED BY runs_id WHERE id = ?1 AND batch = ?2;
