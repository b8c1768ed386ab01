INSERT INTO history (run, seq, batch, at, message, events)
SELECT r.n, x.value->>1, :batch, x.value->>2, x.value->>3, x.value->>4
  FROM jsonb_each(:rows) AS x CROSS JOIN runs AS r INDEXED BY runs_id
 WHERE r.id = x.value->>0 AND r.batch = :batch;
