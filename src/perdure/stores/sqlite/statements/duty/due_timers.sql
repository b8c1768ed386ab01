SELECT r.id, t.step, t.visit, t.kind, t.due
  FROM timers AS t INDEXED BY timers_due CROSS JOIN runs AS r ON r.n = t.run
 WHERE t.due <= :now ORDER BY t.due LIMIT :most;
