-- A plan is known by its hash: the first one stays.
INSERT INTO plans (hash, workflow, version, body)
SELECT value->>0, value->>1, value->>2, value->>3 FROM jsonb_each(:rows)
 WHERE true
    ON CONFLICT (hash) DO NOTHING;
