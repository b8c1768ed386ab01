-- With the status of the run that it began last.
SELECT d.id, d.kind, d.name, v.revision, v.version, v.body, d.made_at, d.changed_at, d.archived_at,
       d.key, d.said,
       (SELECT r.status FROM runs AS r WHERE r.n = (
               SELECT max(l.run) FROM labels AS l WHERE l.name = 'definition' AND l.value = d.id))
  FROM definitions AS d
  JOIN definition_revisions AS v
    ON v.definition = d.n AND v.revision = coalesce(:revision, d.revision)
 WHERE d.id = :id;
