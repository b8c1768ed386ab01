INSERT INTO revisions (worker, workflow, version, plan, rank, bodies)
SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5
  FROM jsonb_each(:rows) ORDER BY key
RETURNING n;
