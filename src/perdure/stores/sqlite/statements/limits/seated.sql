SELECT r.id
  FROM json_each(:runs) AS x CROSS JOIN runs AS r INDEXED BY runs_id CROSS JOIN places AS p
 WHERE r.id = x.value AND p.run = r.n;
