DELETE FROM inbox
 WHERE id IN (
       SELECT x.value->>1
         FROM jsonb_each(:rows) AS x CROSS JOIN runs AS r INDEXED BY runs_id
        WHERE r.id = x.value->>0 AND r.batch = :batch);
