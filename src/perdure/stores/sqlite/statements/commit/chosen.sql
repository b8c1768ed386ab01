-- What the attempts of these jobs need to begin.
SELECT r.id, j.step, j.visit, j.attempt, j.token + 1, j.payload, r.plan, r.workflow, r.version,
       coalesce(c.data, '{}'), j.mode, j.keyed, j.run
  FROM json_each(:rows) AS x
 CROSS JOIN jobs AS j ON j.run = x.value->>0 AND j.step = x.value->>1 AND j.visit = x.value->>2
 CROSS JOIN runs AS r ON r.n = j.run
  LEFT JOIN contexts AS c ON c.run = j.run
 ORDER BY x.key;
