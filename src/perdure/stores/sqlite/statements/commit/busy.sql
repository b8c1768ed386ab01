-- How many attempts of a queue are under way, by fair key.
SELECT fair, count(*) FROM jobs INDEXED BY jobs_queued
 WHERE fair IS NOT NULL AND queue = :queue AND owner IS NOT NULL GROUP BY fair;
