SELECT r.id
  FROM inbox AS i CROSS JOIN runs AS r ON r.n = i.run
 WHERE i.id = (SELECT min(f.id) FROM inbox AS f WHERE f.run = i.run)
 ORDER BY i.id LIMIT :most;
