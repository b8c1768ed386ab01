INSERT INTO inbox (run, message, payload)
SELECT value->>0, value->>1, value->>2 FROM jsonb_each(:rows) ORDER BY key
RETURNING id;
