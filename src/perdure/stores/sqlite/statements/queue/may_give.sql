-- A due job that waits for one of these hosts: one seek for each priority, and one for each queue,
-- past the jobs of others. Whether its run is paused, or its queue full, is for the claim to see.
WITH RECURSIVE ranks (priority) AS (
  SELECT max(priority) FROM jobs INDEXED BY jobs_unclaimed WHERE owner IS NULL AND fair IS NULL
  UNION ALL
  SELECT (SELECT max(priority) FROM jobs INDEXED BY jobs_unclaimed
           WHERE owner IS NULL AND fair IS NULL AND priority < ranks.priority)
    FROM ranks WHERE ranks.priority IS NOT NULL),
names (name) AS (
  SELECT min(queue) FROM jobs INDEXED BY jobs_queued WHERE fair IS NOT NULL
  UNION ALL
  SELECT (SELECT min(queue) FROM jobs INDEXED BY jobs_queued
           WHERE fair IS NOT NULL AND queue > names.name)
    FROM names WHERE names.name IS NOT NULL)
SELECT 1 FROM ranks CROSS JOIN jobs AS j INDEXED BY jobs_unclaimed
 WHERE j.owner IS NULL AND j.fair IS NULL AND j.priority = ranks.priority AND j.due <= :now
   AND j.host IN (SELECT value FROM json_each(:hosts))
UNION ALL
SELECT 1 FROM names CROSS JOIN jobs AS j INDEXED BY jobs_queued
 WHERE j.fair IS NOT NULL AND j.queue = names.name AND j.owner IS NULL AND j.due <= :now
   AND j.host IN (SELECT value FROM json_each(:hosts))
LIMIT 1;
