INSERT INTO data_keys (run, master, wrapped, gone_at, gone_by) VALUES (?, ?, ?, ?, ?);
