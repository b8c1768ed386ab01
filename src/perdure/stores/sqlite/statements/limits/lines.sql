-- The workflows that have a line, one seek for each.
WITH RECURSIVE names (name) AS (
  SELECT min(name) FROM waits INDEXED BY waits_line WHERE kind = 'line'
  UNION ALL
  SELECT (SELECT min(name) FROM waits INDEXED BY waits_line
           WHERE kind = 'line' AND name > names.name)
    FROM names WHERE names.name IS NOT NULL)
SELECT name FROM names WHERE name IS NOT NULL;
