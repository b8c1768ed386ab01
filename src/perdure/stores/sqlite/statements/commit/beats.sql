-- Heartbeats count under the claim that their attempts were begun with, and under no other.
-- It inserts jobs that are there, and so updates them, as the fence does.
INSERT INTO jobs (run, step, visit, attempt, token, due, queue, priority, host,
       beat_at, progress, detail)
SELECT j.run, j.step, j.visit, 0, 0, 0.0, '', 0, '', x.value->>5, x.value->>6, x.value->>7
  FROM jsonb_each(:rows) AS x CROSS JOIN runs AS r INDEXED BY runs_id CROSS JOIN jobs AS j
 WHERE r.id = x.value->>0 AND j.run = r.n AND j.step = x.value->>1 AND j.visit = x.value->>2
   AND j.token = x.value->>3 AND j.owner = x.value->>4
    ON CONFLICT (run, step, visit) DO UPDATE
   SET beat_at = excluded.beat_at, progress = coalesce(excluded.progress, progress),
       detail = coalesce(excluded.detail, detail);
