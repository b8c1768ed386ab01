SELECT e.id, f.workflow, f.shift, f.due
  FROM json_each(:events) AS x CROSS JOIN events AS e ON e.id = x.value
 CROSS JOIN firings AS f ON f.event = e.n
 ORDER BY f.due, e.id, f.shift, f.workflow;
