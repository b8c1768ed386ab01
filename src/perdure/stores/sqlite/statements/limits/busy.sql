-- Places that are taken, and those that the runs in line are to have; no more than are asked for.
SELECT (SELECT count(*) FROM (
          SELECT 1 FROM places AS p INDEXED BY places_workflow CROSS JOIN runs AS r ON r.n = p.run
           WHERE p.workflow = :workflow AND r.ended_at IS NULL LIMIT :most)),
       (SELECT count(*) FROM (
          SELECT 1 FROM waits AS w INDEXED BY waits_line CROSS JOIN runs AS r ON r.n = w.run
           WHERE w.kind = 'line' AND w.name = :workflow AND NOT r.paused
             AND NOT EXISTS (SELECT 1 FROM places AS p WHERE p.run = w.run) LIMIT :most));
