-- Every queue that has jobs or limits: what waits there and could begin, since when, what runs.
WITH counted (name, waiting, running, oldest) AS (
  SELECT j.queue,
         sum(j.owner IS NULL AND j.due <= :now AND (NOT r.paused OR r.status = 'cancelling')),
         sum(j.owner IS NOT NULL),
         min(j.due) FILTER (
           WHERE j.owner IS NULL AND j.due <= :now AND (NOT r.paused OR r.status = 'cancelling'))
    FROM jobs AS j CROSS JOIN runs AS r ON r.n = j.run
   GROUP BY j.queue)
SELECT names.name, q.concurrency, q.most, q.seconds, coalesce(c.waiting, 0),
       coalesce(c.running, 0), c.oldest,
       (SELECT coalesce(sum(b.count), 0) FROM begun AS b
         WHERE b.queue = names.name AND b.at > :now - q.seconds AND b.at <= :now + q.seconds)
  FROM (SELECT name FROM counted UNION SELECT name FROM queues
         WHERE concurrency IS NOT NULL OR most IS NOT NULL) AS names
  LEFT JOIN counted AS c ON c.name = names.name
  LEFT JOIN queues AS q ON q.name = names.name
 ORDER BY names.name;
