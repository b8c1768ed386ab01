-- The next runs with a wait for this event, of this entity or of any; 'coming' if it may come.
SELECT run, id, max(kind), plan, json_group_array(
       CASE WHEN match IS NOT NULL OR accepts IS NOT NULL
            THEN json_array(match, accepts) END) FILTER (WHERE kind IS NOT 'coming') FROM (
  SELECT * FROM (
    SELECT w.run, r.id, w.kind, r.plan, w.match, w.accepts
      FROM waits AS w INDEXED BY waits_name CROSS JOIN runs AS r ON r.n = w.run
     WHERE w.name = :name AND (w.key IS NULL OR w.key = :key) AND w.kind = 'event'
       AND w.run > :place AND w.run <= :upto
       AND (:workflow IS NULL OR w.workflow = :workflow)
       AND (:match IS NULL OR NOT EXISTS (
            SELECT 1 FROM json_each(:match) AS m LEFT JOIN contexts AS c ON c.run = w.run
             WHERE c.data -> m.fullkey IS NOT :match -> m.fullkey))
     ORDER BY w.run LIMIT :most)
  UNION ALL
  SELECT * FROM (
    SELECT w.run, r.id, w.kind, r.plan, w.match, w.accepts
      FROM waits AS w INDEXED BY waits_name CROSS JOIN runs AS r ON r.n = w.run
     WHERE w.name = 'event:' || :name AND w.kind = 'coming'
       AND w.run > :place AND w.run <= :upto
       AND (:workflow IS NULL OR w.workflow = :workflow)
       AND (:match IS NULL OR NOT EXISTS (
            SELECT 1 FROM json_each(:match) AS m LEFT JOIN contexts AS c ON c.run = w.run
             WHERE c.data -> m.fullkey IS NOT :match -> m.fullkey))
     ORDER BY w.run LIMIT :most))
 GROUP BY run ORDER BY run LIMIT :most;
