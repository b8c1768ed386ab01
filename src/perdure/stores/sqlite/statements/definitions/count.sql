-- As many as `find` has without its limit.
WITH latest AS MATERIALIZED (
  SELECT d.archived_at, (SELECT r.status FROM runs AS r WHERE r.n = (
                 SELECT max(l.run) FROM labels AS l
                  WHERE l.name = 'definition' AND l.value = d.id)) AS status
    FROM definitions AS d
   WHERE d.kind IN (SELECT value FROM json_each(:kinds)) AND (:name IS NULL OR d.name = :name)
)
SELECT count(*) FROM latest
 WHERE (:status IS NOT NULL OR archived_at IS NULL)
   AND (:status IS NULL OR :status = CASE
         WHEN archived_at IS NOT NULL THEN 'archived'
         WHEN status IS NULL THEN 'created'
         WHEN status IN ('completed', 'failed', 'cancelled') THEN status
         ELSE 'running' END);
