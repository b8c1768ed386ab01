-- The last ended visit is the one written last.
SELECT x.value, s.output
  FROM json_each(:steps) AS x CROSS JOIN runs AS r INDEXED BY runs_id
 CROSS JOIN steps AS s ON s.n = (
       SELECT max(l.n) FROM steps AS l WHERE l.run = r.n AND l.step = x.value)
 WHERE r.id = :run;
