SELECT r.id, j.step, j.visit, j.attempt, j.token, j.owner
  FROM jobs AS j CROSS JOIN runs AS r ON r.n = j.run
 WHERE j.owner = :worker ORDER BY j.run, j.step, j.visit;
