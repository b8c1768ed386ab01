-- The priorities of unclaimed jobs that no queue of their own holds, one seek for each.
WITH RECURSIVE ranks (priority) AS (
  SELECT max(priority) FROM jobs INDEXED BY jobs_unclaimed WHERE owner IS NULL AND fair IS NULL
  UNION ALL
  SELECT (SELECT max(priority) FROM jobs INDEXED BY jobs_unclaimed
           WHERE owner IS NULL AND fair IS NULL AND priority < ranks.priority)
    FROM ranks WHERE ranks.priority IS NOT NULL)
SELECT priority FROM ranks WHERE priority IS NOT NULL ORDER BY priority DESC;
