INSERT INTO labels (run, name, value, number)
SELECT r.n, x.value->>1, x.value->>2, x.value->>3
  FROM jsonb_each(:rows) AS x CROSS JOIN runs AS r INDEXED BY runs_id
 WHERE r.id = x.value->>0 AND r.batch = :batch;
