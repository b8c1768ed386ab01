-- A message for every live child of the runs that passed, but for those that are detached.
INSERT INTO inbox (run, message)
SELECT c.n, x.value->>1
  FROM jsonb_each(:rows) AS x CROSS JOIN runs AS r INDEXED BY runs_id
 CROSS JOIN runs AS c INDEXED BY runs_parent
 WHERE r.id = x.value->>0 AND r.batch = :batch
   AND c.parent = r.id AND c.ended_at IS NULL AND NOT c.detached
 ORDER BY x.key, c.n
RETURNING (SELECT t.id FROM runs AS t WHERE t.n = inbox.run);
