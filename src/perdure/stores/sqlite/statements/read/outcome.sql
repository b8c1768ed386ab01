SELECT h.batch FROM runs AS r INDEXED BY runs_id CROSS JOIN history AS h ON h.run = r.n
 WHERE r.id = :run AND h.seq = :seq;
