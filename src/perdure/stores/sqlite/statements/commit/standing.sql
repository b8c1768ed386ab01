-- The run with this id that still stands where it was loaded.
SELECT id, n, ended_at FROM runs INDEXED BY runs_id WHERE id = ?1 AND seq = ?2;
