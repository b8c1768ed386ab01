SELECT l.workflow, l.declared, l.declared_waits, l.is_set, l.most, l.waits,
       (SELECT count(*) FROM places AS p INDEXED BY places_workflow
         CROSS JOIN runs AS r ON r.n = p.run
         WHERE p.workflow = l.workflow AND r.ended_at IS NULL),
       (SELECT count(*) FROM waits AS w INDEXED BY waits_line
         WHERE w.kind = 'line' AND w.name = l.workflow
           AND NOT EXISTS (SELECT 1 FROM places AS p WHERE p.run = w.run)),
       (SELECT min(r.created_at) FROM waits AS w INDEXED BY waits_line
         CROSS JOIN runs AS r ON r.n = w.run
         WHERE w.kind = 'line' AND w.name = l.workflow
           AND NOT EXISTS (SELECT 1 FROM places AS p WHERE p.run = w.run))
  FROM limits AS l
 ORDER BY l.workflow;
