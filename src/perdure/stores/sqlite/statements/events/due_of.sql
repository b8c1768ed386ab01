SELECT e.id, e.name, e.type, e.entity, e.key, e.at, e.told_at, e.body,
       f.workflow, f.shift, f.due, coalesce(t.version, ''), coalesce(t.plan, ''), f.event
  FROM events AS e CROSS JOIN firings AS f ON f.event = e.n
  LEFT JOIN triggers AS t ON t.event = e.name AND t.shift = f.shift AND t.workflow = f.workflow
 WHERE e.id = :event AND f.due <= :now
 ORDER BY f.due, f.shift, f.workflow LIMIT :most;
