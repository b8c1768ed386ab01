SELECT runs.id, master, wrapped, gone_at, gone_by
  FROM data_keys JOIN runs ON runs.n = data_keys.run
 WHERE master = :master AND wrapped IS NOT NULL
 ORDER BY data_keys.run LIMIT :most;
