-- The next runs with a wait of this name and key; 'signal' if one waits now, else 'coming'.
SELECT w.run, r.id, max(w.kind), r.plan, json_group_array(
       CASE WHEN w.match IS NOT NULL OR w.accepts IS NOT NULL
            THEN json_array(w.match, w.accepts) END) FILTER (WHERE w.kind IS NOT 'coming')
  FROM waits AS w INDEXED BY waits_key CROSS JOIN runs AS r ON r.n = w.run
 WHERE w.name = :name AND w.key = :key AND w.run > :place AND w.run <= :upto
   AND w.kind IN ('signal', 'coming')
   AND (:workflow IS NULL OR w.workflow = :workflow)
   AND (:match IS NULL OR NOT EXISTS (
        SELECT 1 FROM json_each(:match) AS m LEFT JOIN contexts AS c ON c.run = w.run
         WHERE c.data -> m.fullkey IS NOT :match -> m.fullkey))
 GROUP BY w.run ORDER BY w.run LIMIT :most;
