DELETE FROM firings
 WHERE (event, shift, workflow) IN (
       SELECT value->>0, value->>1, value->>2 FROM jsonb_each(:rows));
