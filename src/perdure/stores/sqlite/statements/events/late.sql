-- A trigger that was not there before has firings for what is to come. One that was has them.
INSERT OR IGNORE INTO firings (event, shift, workflow, due)
SELECT e.n, x.value->>2, x.value->>0, e.at + (x.value->>2)
  FROM jsonb_each(:rows) AS x CROSS JOIN events AS e INDEXED BY events_name
 WHERE e.name = x.value->>1 AND e.at > :now AND e.at + (x.value->>2) > :now;
