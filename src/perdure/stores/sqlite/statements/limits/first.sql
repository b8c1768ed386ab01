-- The first in line that are not held up and have no place yet.
SELECT w.run, r.id
  FROM waits AS w INDEXED BY waits_line CROSS JOIN runs AS r ON r.n = w.run
 WHERE w.kind = 'line' AND w.name = :workflow AND NOT r.paused AND r.ended_at IS NULL
   AND NOT EXISTS (SELECT 1 FROM places AS p WHERE p.run = w.run)
 ORDER BY w.due, w.run LIMIT :most;
