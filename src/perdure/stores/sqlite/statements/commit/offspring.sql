-- Children are born with the move of their parent, or not at all; one that is there stays.
INSERT INTO runs (
       id, seq, batch, namespace, workflow, version, plan, status, cursor, marks, visits,
       priority, created_at, ended_at, error, start_key, unique_key, deadline,
       parent, of_brood, place, detached, fair)
SELECT x.value->>0, x.value->>1, :batch, x.value->>2, x.value->>3, x.value->>4, x.value->>5,
       x.value->>6, x.value->>7, x.value->>8, x.value->>9, x.value->>10, x.value->>11,
       x.value->>12, x.value->>13, x.value->>14, x.value->>15, x.value->>16,
       x.value->>17, x.value->>18, x.value->>19, x.value->>20, x.value->>21
  FROM jsonb_each(:born) AS x CROSS JOIN runs AS p INDEXED BY runs_id
 WHERE p.id = x.value->>17 AND p.batch = :batch
 ORDER BY x.key
    ON CONFLICT DO NOTHING;
