SELECT r.id, a.step, a.visit, a.attempt, a.started_at, a.ended_at, a.error, a.cpu
  FROM runs AS r INDEXED BY runs_id CROSS JOIN attempts AS a ON a.run = r.n
 WHERE r.id = :run ORDER BY a.n;
