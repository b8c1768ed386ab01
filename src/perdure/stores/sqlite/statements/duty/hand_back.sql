UPDATE jobs SET owner = NULL
 WHERE (run, step, visit, token, owner) IN (
       SELECT r.n, x.value->>1, x.value->>2, x.value->>4, x.value->>5
         FROM jsonb_each(:rows) AS x CROSS JOIN runs AS r INDEXED BY runs_id ON r.id = x.value->>0);
