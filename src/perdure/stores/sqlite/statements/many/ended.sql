INSERT INTO runs (
       id, ended_at, seq, batch, status, marks, visits, namespace, workflow, version, plan,
       priority, created_at)
SELECT r.id, x.value->>0, 0, 0, '', '', '', '', '', '', '', 0, 0.0
  FROM jsonb_each(?1) AS x CROSS JOIN runs AS r
 WHERE r.n = x.value->>1
    ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at;
