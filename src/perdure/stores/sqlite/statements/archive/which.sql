-- The numbers of those runs that nothing asks for any more.
SELECT r.n, r.id
  FROM jsonb_each(:rows) AS x CROSS JOIN runs AS r INDEXED BY runs_id ON r.id = x.value->>1
 WHERE r.ended_at = x.value->>4
   AND r.n < (SELECT max(n) FROM runs)
   AND NOT EXISTS (SELECT 1 FROM inbox AS i WHERE i.run = r.n)
   AND NOT EXISTS (SELECT 1 FROM runs AS p WHERE p.id = r.parent AND p.ended_at IS NULL)
 ORDER BY r.n;
