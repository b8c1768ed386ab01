INSERT INTO contexts (run, data)
SELECT r.n, x.value->>1
  FROM jsonb_each(:rows) AS x CROSS JOIN runs AS r INDEXED BY runs_id
 WHERE r.id = x.value->>0 AND r.batch = :batch
    ON CONFLICT (run) DO UPDATE SET data = excluded.data;
