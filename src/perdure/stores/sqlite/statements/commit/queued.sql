-- Due jobs of one group, in the index's order. A paused run begins nothing, but for the clean-up of
-- one that is being cancelled.
SELECT due, run, step, visit FROM jobs INDEXED BY jobs_queued
 WHERE fair IS NOT NULL AND queue = :queue AND owner IS NULL AND fair = :fair AND host = :host
   AND priority = :priority AND due <= :now
   AND NOT EXISTS (SELECT 1 FROM runs AS p
                    WHERE p.n = jobs.run AND p.paused AND p.status <> 'cancelling')
 ORDER BY due LIMIT :most;
