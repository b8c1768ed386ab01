-- The status of each is that of the run which it began last.
WITH latest AS MATERIALIZED (
  SELECT d.n, (SELECT r.status FROM runs AS r WHERE r.n = (
                 SELECT max(l.run) FROM labels AS l
                  WHERE l.name = 'definition' AND l.value = d.id)) AS status
    FROM definitions AS d
   WHERE d.kind IN (SELECT value FROM json_each(:kinds)) AND (:name IS NULL OR d.name = :name)
), named AS MATERIALIZED (
  SELECT d.n, latest.status AS latest,
         CASE WHEN d.archived_at IS NOT NULL THEN 'archived'
              WHEN latest.status IS NULL THEN 'created'
              WHEN latest.status IN ('completed', 'failed', 'cancelled') THEN latest.status
              ELSE 'running' END AS status
    FROM latest CROSS JOIN definitions AS d ON d.n = latest.n
)
SELECT d.id, d.kind, d.name, v.revision, v.version, v.body, d.made_at, d.changed_at, d.archived_at,
       d.key, d.said, named.latest
  FROM named
 CROSS JOIN definitions AS d ON d.n = named.n
 CROSS JOIN definition_revisions AS v ON v.definition = d.n AND v.revision = d.revision
 WHERE named.status = coalesce(:status, named.status)
   AND (:status IS NOT NULL OR d.archived_at IS NULL)
 ORDER BY CASE WHEN NOT :backwards AND :sort = 'name' THEN d.name
               WHEN NOT :backwards AND :sort = 'status' THEN named.status END,
          CASE WHEN :backwards AND :sort = 'name' THEN d.name
               WHEN :backwards AND :sort = 'status' THEN named.status END DESC,
          CASE WHEN :backwards AND :sort = 'created_at' THEN d.n ELSE -d.n END
 LIMIT :limit OFFSET :offset;
