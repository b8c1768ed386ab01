SELECT r.id
  FROM places AS p INDEXED BY places_workflow CROSS JOIN runs AS r ON r.n = p.run
 WHERE p.workflow = :workflow AND r.ended_at IS NULL
 ORDER BY p.run LIMIT :most;
