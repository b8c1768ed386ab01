SELECT r.id, r.namespace, r.workflow, r.version, r.plan, r.status, r.paused, r.seq, r.batch,
       r.cursor, r.marks, r.visits, r.priority, r.created_at, r.ended_at, r.error, r.start_key,
       r.unique_key, r.deadline, r.brood, r.parent, r.of_brood, r.place, r.detached, r.fair,
       r.scopes
  FROM json_each(:runs) AS x CROSS JOIN runs AS r INDEXED BY runs_id ON r.id = x.value
 ORDER BY x.key;
