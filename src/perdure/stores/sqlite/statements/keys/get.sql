SELECT runs.id, master, wrapped, gone_at, gone_by
  FROM runs JOIN data_keys ON data_keys.run = runs.n
 WHERE runs.id = :run;
