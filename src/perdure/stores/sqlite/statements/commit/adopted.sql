UPDATE runs INDEXED BY runs_id
   SET (plan, version) = (SELECT x.value->>1, x.value->>2 FROM jsonb_each(:rows) AS x
                           WHERE x.value->>0 = runs.id)
 WHERE id IN (SELECT value->>0 FROM jsonb_each(:rows)) AND batch = :batch;
