-- By one label that is known whole: what it is given for the rest is checked for each.
SELECT runs.id FROM labels AS f CROSS JOIN runs ON runs.n = f.run
 WHERE f.name = :name AND f.value = :value AND (NOT :live OR runs.ended_at IS NULL)
   AND (:status IS NULL OR runs.status = :status)
   AND (:workflow IS NULL OR runs.workflow = :workflow)
   AND (:paused IS NULL OR runs.paused = :paused)
   AND (:error IS NULL OR runs.error->>'kind' = :error)
   AND runs.created_at >= :since AND runs.created_at <= :until
   AND (:before IS NULL OR runs.n < (SELECT b.n FROM runs AS b WHERE b.id = :before))
   AND NOT EXISTS (
       SELECT 1 FROM json_each(:labels) AS w
        WHERE NOT EXISTS (
              SELECT 1 FROM labels AS l INDEXED BY labels_run
               WHERE l.run = runs.n AND l.name = w.value->>0
                 AND (w.value->>1 IS NULL OR l.value = w.value->>1)
                 AND (w.value->>2 IS NULL OR l.number >= w.value->>2)
                 AND (w.value->>3 IS NULL OR l.number <= w.value->>3)))
 ORDER BY f.run DESC LIMIT :limit OFFSET :offset;
