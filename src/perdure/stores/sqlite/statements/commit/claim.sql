UPDATE jobs SET owner = :owner, token = token + 1, beat_at = NULL, progress = NULL, detail = NULL
 WHERE (run, step, visit) IN (
       SELECT value->>0, value->>1, value->>2 FROM jsonb_each(:rows));
