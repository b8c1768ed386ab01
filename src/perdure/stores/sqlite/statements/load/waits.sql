SELECT r.id, t.step, t.visit, t.kind, t.name, t.key, t.due, t."then", t.on_timeout,
       t.match, t.accepts, t.way
  FROM json_each(:runs) AS x CROSS JOIN runs AS r INDEXED BY runs_id ON r.id = x.value
 CROSS JOIN waits AS t ON t.run = r.n
 ORDER BY x.key, t.step, t.visit, t.kind, t.name, t.way;
