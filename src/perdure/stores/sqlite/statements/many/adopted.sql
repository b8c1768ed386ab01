INSERT INTO runs (
       id, plan, version, seq, batch, status, marks, visits, namespace, workflow, priority,
       created_at)
SELECT r.id, x.value->>1, x.value->>2, 0, 0, '', '', '', '', '', 0, 0.0
  FROM jsonb_each(?1) AS x CROSS JOIN runs AS r
 WHERE r.n = x.value->>0
    ON CONFLICT (id) DO UPDATE SET plan = excluded.plan, version = excluded.version;
