SELECT r.id, t.signal, t.name, t.key, t.addressed, t.payload, t.begun, t.kind, t.match
  FROM json_each(:runs) AS x CROSS JOIN runs AS r INDEXED BY runs_id ON r.id = x.value
 CROSS JOIN kept AS t ON t.run = r.n
 ORDER BY x.key, t.signal;
