INSERT INTO schedules (
       name, seq, workflow, said, declared, hosted, paused, made_at, next_at, last_at, last_run,
       skipped, error)
SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7,
       value->>8, value->>9, value->>10, value->>11, value->>12
  FROM jsonb_each(:row)
 WHERE true
    ON CONFLICT DO NOTHING;
