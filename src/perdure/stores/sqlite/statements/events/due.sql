SELECT e.id, e.name, e.type, e.entity, e.key, e.at, e.told_at, e.body,
       f.workflow, f.shift, f.due, coalesce(t.version, ''), coalesce(t.plan, ''), f.event
  FROM firings AS f INDEXED BY firings_due CROSS JOIN events AS e ON e.n = f.event
  LEFT JOIN triggers AS t ON t.event = e.name AND t.shift = f.shift AND t.workflow = f.workflow
 WHERE f.due <= :now
 ORDER BY f.due, f.event, f.shift, f.workflow LIMIT :most;
