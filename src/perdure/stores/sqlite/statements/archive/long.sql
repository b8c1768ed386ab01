-- Live runs of code that have a long history: what is left of it begins far behind.
SELECT r.n, r.id FROM runs AS r INDEXED BY runs_live
 WHERE r.ended_at IS NULL AND r.marks = '' AND r.n > :after
   AND r.seq - :keep >= (SELECT min(h.seq) FROM history AS h WHERE h.run = r.n)
 ORDER BY r.n LIMIT :most;
