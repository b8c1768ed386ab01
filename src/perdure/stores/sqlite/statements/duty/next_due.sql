-- The next timer, also one that is overdue, or the next unclaimed job that is not due yet.
WITH RECURSIVE ranks (priority) AS (
  SELECT max(priority) FROM jobs INDEXED BY jobs_unclaimed WHERE owner IS NULL AND fair IS NULL
  UNION ALL
  SELECT (SELECT max(priority) FROM jobs INDEXED BY jobs_unclaimed
           WHERE owner IS NULL AND fair IS NULL AND priority < ranks.priority)
    FROM ranks WHERE ranks.priority IS NOT NULL)
SELECT min(due) FROM (
  SELECT min(due) AS due FROM timers
  UNION ALL
  SELECT (SELECT min(due) FROM jobs INDEXED BY jobs_unclaimed
           WHERE owner IS NULL AND fair IS NULL AND priority = ranks.priority AND due > :now)
    FROM ranks
  UNION ALL
  SELECT min(due) FROM jobs INDEXED BY jobs_queued
   WHERE fair IS NOT NULL AND owner IS NULL AND due > :now);
