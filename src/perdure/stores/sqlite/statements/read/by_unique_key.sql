SELECT id FROM runs INDEXED BY runs_unique_key WHERE unique_key = :key AND ended_at IS NULL;
