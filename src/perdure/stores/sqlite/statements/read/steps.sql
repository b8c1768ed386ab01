SELECT r.id, s.step, s.visit, s.attempt, s.status, s.started_at, s.ended_at, s.output, s.error,
       s.meta, NULL, s.cpu
  FROM runs AS r INDEXED BY runs_id CROSS JOIN steps AS s ON s.run = r.n
 WHERE r.id = :run ORDER BY s.n;
