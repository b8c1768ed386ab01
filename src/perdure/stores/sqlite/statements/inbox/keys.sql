INSERT INTO keys (run, key) SELECT value->>0, value->>1 FROM jsonb_each(:rows);
