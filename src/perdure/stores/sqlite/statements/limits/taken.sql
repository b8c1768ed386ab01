-- Births whose id, start key or unique key is taken.
SELECT x.value->>0
  FROM jsonb_each(:births) AS x
 WHERE EXISTS (SELECT 1 FROM runs WHERE id = x.value->>0)
    OR EXISTS (SELECT 1 FROM runs WHERE start_key = x.value->>1)
    OR EXISTS (SELECT 1 FROM runs WHERE unique_key = x.value->>2 AND ended_at IS NULL);
