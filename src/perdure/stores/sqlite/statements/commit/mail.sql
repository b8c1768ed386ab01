-- Messages of runs that passed to others, which may be gone.
INSERT INTO inbox (run, message)
SELECT t.n, x.value->>2
  FROM jsonb_each(:rows) AS x CROSS JOIN runs AS r INDEXED BY runs_id
 CROSS JOIN runs AS t INDEXED BY runs_id
 WHERE r.id = x.value->>0 AND r.batch = :batch AND t.id = x.value->>1
 ORDER BY x.key;
