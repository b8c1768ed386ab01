-- Due jobs of one priority, in the index's order, with what their attempts need to begin.
-- A paused run begins nothing, but for the clean-up of one that is being cancelled.
SELECT r.id, j.step, j.visit, j.attempt, j.token + 1, j.payload, r.plan, r.workflow, r.version,
       coalesce(c.data, '{}'), j.mode, j.keyed, j.run, next.due
  FROM (SELECT run, step, visit, due
          FROM jobs INDEXED BY jobs_unclaimed
         WHERE owner IS NULL AND fair IS NULL AND priority = :priority AND due <= :now
           AND host IN (SELECT value FROM json_each(:hosts))
           AND NOT EXISTS (SELECT 1 FROM runs AS p
                            WHERE p.n = jobs.run AND p.paused AND p.status <> 'cancelling')
         ORDER BY due LIMIT :most) AS next
 CROSS JOIN jobs AS j ON j.run = next.run AND j.step = next.step AND j.visit = next.visit
 CROSS JOIN runs AS r ON r.n = j.run
  LEFT JOIN contexts AS c ON c.run = j.run
 ORDER BY next.due;
