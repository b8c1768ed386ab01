SELECT r.id, t.step, t.visit, t.attempt, t.token, t.owner, t.due, t.payload,
       t.beat_at, t.progress, t.detail, t.mode, substr(t.host, 1, 1) = '!'
  FROM json_each(:runs) AS x CROSS JOIN runs AS r INDEXED BY runs_id ON r.id = x.value
 CROSS JOIN jobs AS t ON t.run = r.n
 ORDER BY x.key, t.step, t.visit;
