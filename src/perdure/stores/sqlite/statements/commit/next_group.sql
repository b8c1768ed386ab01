-- The waiting jobs of a queue lie in groups: by fair key, host and priority. This is the group after
-- a given one, with when its first job is due; one seek.
SELECT fair, host, priority, due FROM jobs INDEXED BY jobs_queued
 WHERE fair IS NOT NULL AND queue = :queue AND owner IS NULL
   AND (fair, host, priority) > (:fair, :host, :priority)
 ORDER BY fair, host, priority, due LIMIT 1;
