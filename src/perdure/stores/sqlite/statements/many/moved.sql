-- It inserts runs that are there, and so updates them: of an UPDATE ... FROM the order of the joins
-- cannot be pinned. What the columns at the end are given is not kept.
INSERT INTO runs (
       id, seq, status, paused, cursor, marks, visits, error, brood, scopes, batch,
       namespace, workflow, version, plan, priority, created_at)
SELECT r.id, x.value->>2, x.value->>3, x.value->>4, x.value->>5, x.value->>6, x.value->>7,
       x.value->>9, x.value->>10, x.value->>11, x.value->>12,
       '', '', '', '', 0, 0.0
  FROM jsonb_each(?1) AS x CROSS JOIN runs AS r
 WHERE r.n = x.value->>0
    ON CONFLICT (id) DO UPDATE
   SET seq = excluded.seq, status = excluded.status, paused = excluded.paused,
       cursor = excluded.cursor, marks = excluded.marks, visits = excluded.visits,
       error = excluded.error, brood = excluded.brood, scopes = excluded.scopes,
       batch = excluded.batch;
