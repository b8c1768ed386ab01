DELETE FROM kept
 WHERE (run, signal) IN (SELECT value->>0, value->>1 FROM jsonb_each(?1));
