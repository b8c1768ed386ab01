SELECT r.id, h.seq, h.at, h.message, h.events
  FROM runs AS r INDEXED BY runs_id CROSS JOIN history AS h ON h.run = r.n
 WHERE r.id = :run AND h.seq > :after ORDER BY h.seq LIMIT :most;
