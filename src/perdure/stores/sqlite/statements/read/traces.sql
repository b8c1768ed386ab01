-- From the last row of a visit backwards; from the newest one where it has none.
SELECT s.step, s.visit, s.status, s.context
  FROM runs AS r INDEXED BY runs_id CROSS JOIN steps AS s ON s.run = r.n
 WHERE r.id = :run
   AND s.n <= coalesce((SELECT max(l.n) FROM steps AS l
                         WHERE l.run = r.n AND l.step = :step AND l.visit = :visit),
                       9223372036854775807)
 ORDER BY s.n DESC LIMIT :most;
