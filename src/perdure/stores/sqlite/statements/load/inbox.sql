SELECT r.id, t.id, t.message, t.payload
  FROM json_each(:runs) AS x CROSS JOIN runs AS r INDEXED BY runs_id ON r.id = x.value
 CROSS JOIN inbox AS t ON t.run = r.n
 ORDER BY x.key, t.id;
