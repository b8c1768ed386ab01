-- The queues in which jobs wait, one seek for each, with their limits and what these allow still.
-- A row of `begun` from a clock that was far ahead counts for nothing.
WITH RECURSIVE names (name) AS (
  SELECT min(queue) FROM jobs INDEXED BY jobs_queued WHERE fair IS NOT NULL
  UNION ALL
  SELECT (SELECT min(queue) FROM jobs INDEXED BY jobs_queued
           WHERE fair IS NOT NULL AND queue > names.name)
    FROM names WHERE names.name IS NOT NULL)
SELECT names.name, coalesce(t.fair, ''), q.most, q.seconds,
       CASE WHEN q.concurrency IS NOT NULL THEN q.concurrency - (
         SELECT count(*) FROM jobs AS j INDEXED BY jobs_queued
          WHERE j.fair IS NOT NULL AND j.queue = names.name AND j.owner IS NOT NULL) END,
       CASE WHEN q.most IS NOT NULL THEN q.most - (
         SELECT coalesce(sum(b.count), 0) FROM begun AS b
          WHERE b.queue = names.name AND b.at > :now - q.seconds AND b.at <= :now + q.seconds) END,
       CASE WHEN q.most IS NOT NULL THEN (
         SELECT min(b.at) FROM begun AS b
          WHERE b.queue = names.name AND b.at > :now - q.seconds AND b.at <= :now + q.seconds) END
  FROM names LEFT JOIN queues AS q ON q.name = names.name
  LEFT JOIN turns AS t ON t.queue = names.name AND t.hosts = :hosts
 WHERE names.name IS NOT NULL AND EXISTS (
       SELECT 1 FROM jobs AS j INDEXED BY jobs_queued
        WHERE j.fair IS NOT NULL AND j.queue = names.name AND j.owner IS NULL);
