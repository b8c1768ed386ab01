-- The steps that have rows of a run, by seeks: each looks for the next name.
WITH RECURSIVE names (step) AS (
  SELECT min(step) FROM steps WHERE run = :run
  UNION ALL
  SELECT (SELECT min(s.step) FROM steps AS s WHERE s.run = :run AND s.step > names.step)
    FROM names WHERE names.step IS NOT NULL
)
SELECT step FROM names WHERE step IS NOT NULL;
