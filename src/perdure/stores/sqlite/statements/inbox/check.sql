-- For each message in order: the run's number, and whether its key was used before.
SELECT r.n, EXISTS (SELECT 1 FROM keys AS k WHERE k.run = r.n AND k.key = x.value->>3)
  FROM jsonb_each(:rows) AS x LEFT JOIN runs AS r INDEXED BY runs_id ON r.id = x.value->>0
 ORDER BY x.key;
