SELECT r.id, c.data
  FROM json_each(:runs) AS x CROSS JOIN runs AS r INDEXED BY runs_id ON r.id = x.value
 CROSS JOIN contexts AS c ON c.run = r.n;
