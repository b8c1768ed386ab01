-- The schedules of the runs that were born in this batch.
UPDATE schedules
   SET seq = x.value->>3, next_at = x.value->>4, last_at = x.value->>5, last_run = x.value->>0,
       error = NULL
  FROM jsonb_each(:rows) AS x CROSS JOIN runs AS r INDEXED BY runs_id
 WHERE schedules.name = x.value->>1 AND r.id = x.value->>0 AND r.batch = :batch;
