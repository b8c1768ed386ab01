SELECT r.id, l.name, l.value, l.number
  FROM json_each(:runs) AS x CROSS JOIN runs AS r INDEXED BY runs_id
 CROSS JOIN labels AS l INDEXED BY labels_run
 WHERE r.id = x.value AND l.run = r.n
 ORDER BY x.key, l.name, l.value;
