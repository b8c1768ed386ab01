DELETE FROM waits
 WHERE (run, step, visit, kind) IN (
       SELECT value->>0, value->>1, value->>2, value->>3 FROM jsonb_each(?1));
