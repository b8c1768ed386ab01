-- Moves the runs that still stand where they were loaded and lose nothing that is gone already.
--
-- It inserts runs that are there, and so updates them: of an UPDATE ... FROM the order of the joins
-- cannot be pinned. What the columns at the end are given is not kept.
INSERT INTO runs (
       id, seq, batch, status, paused, cursor, marks, visits, ended_at, error, brood,
       namespace, workflow, version, plan, priority, created_at)
SELECT r.id, m.value->>2, :batch, m.value->>3, m.value->>4, m.value->>5, m.value->>6,
       m.value->>7, m.value->>8, m.value->>9, m.value->>10,
       '', '', '', '', 0, 0.0
  FROM jsonb_each(:moved) AS m CROSS JOIN runs AS r INDEXED BY runs_id
 WHERE r.id = m.value->>0 AND r.seq = m.value->>1 AND r.id NOT IN (
       SELECT g.value->>0 FROM jsonb_each(:jobs_gone) AS g
        WHERE g.value->>3 IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM runs AS r INDEXED BY runs_id CROSS JOIN jobs AS j
               WHERE r.id = g.value->>0 AND j.run = r.n AND j.step = g.value->>1
                 AND j.visit = g.value->>2 AND j.token = g.value->>3)
       UNION ALL
       SELECT g.value->>0 FROM jsonb_each(:waits_gone) AS g
        WHERE g.value->>4 AND NOT EXISTS (
              SELECT 1 FROM runs AS r INDEXED BY runs_id CROSS JOIN waits AS w
               WHERE r.id = g.value->>0 AND w.run = r.n AND w.step = g.value->>1
                 AND w.visit = g.value->>2 AND w.kind = g.value->>3)
       UNION ALL
       SELECT g.value->>0 FROM jsonb_each(:inbox_gone) AS g
        WHERE NOT EXISTS (
              SELECT 1 FROM runs AS r INDEXED BY runs_id CROSS JOIN inbox AS i
               WHERE r.id = g.value->>0 AND i.id = g.value->>1 AND i.run = r.n))
    ON CONFLICT (id) DO UPDATE
   SET seq = excluded.seq, batch = excluded.batch, status = excluded.status,
       paused = excluded.paused, cursor = excluded.cursor, marks = excluded.marks,
       visits = excluded.visits, ended_at = excluded.ended_at, error = excluded.error,
       brood = excluded.brood;
