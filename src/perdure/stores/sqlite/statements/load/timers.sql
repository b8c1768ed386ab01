SELECT r.id, t.step, t.visit, t.kind, t.due, t."then"
  FROM json_each(:runs) AS x CROSS JOIN runs AS r INDEXED BY runs_id ON r.id = x.value
 CROSS JOIN timers AS t ON t.run = r.n
 ORDER BY x.key, t.step, t.visit, t.kind;
