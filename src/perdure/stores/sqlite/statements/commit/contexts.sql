INSERT INTO contexts (run, data) VALUES (?, ?)
    ON CONFLICT (run) DO UPDATE SET data = excluded.data;
