INSERT INTO steps (run, step, visit, attempt, status, started_at, ended_at, output, error, meta,
                   context)
SELECT r.n, x.value->>1, x.value->>2, x.value->>3, x.value->>4, x.value->>5, x.value->>6,
       x.value->>7, x.value->>8, x.value->>9, x.value->>10
  FROM jsonb_each(:rows) AS x CROSS JOIN runs AS r INDEXED BY runs_id
 WHERE r.id = x.value->>0 AND r.batch = :batch;
