-- What was announced of a workflow; of each version the last one counts.
SELECT v.n, coalesce(v.rank, v.n) AS place, v.worker, v.workflow, v.version, v.plan, v.bodies
  FROM revisions AS v
  LEFT JOIN workers AS w ON w.id = v.worker AND NOT w.buried
 WHERE v.workflow = :workflow
 ORDER BY w.id IS NOT NULL, place, v.n;
