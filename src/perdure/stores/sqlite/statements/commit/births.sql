-- Nothing happens where an id, a start key, or the unique key of a live run is taken.
INSERT INTO runs (
       id, seq, batch, namespace, workflow, version, plan, status, cursor, marks, visits,
       priority, created_at, ended_at, error, start_key, unique_key, deadline, fair)
SELECT value->>0, value->>1, :batch, value->>2, value->>3, value->>4, value->>5, value->>6,
       value->>7, value->>8, value->>9, value->>10, value->>11, value->>12, value->>13,
       value->>14, value->>15, value->>16, value->>21
  FROM jsonb_each(:born)
 WHERE true
    ON CONFLICT DO NOTHING;
