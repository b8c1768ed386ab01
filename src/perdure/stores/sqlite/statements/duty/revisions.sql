SELECT v.n, coalesce(v.rank, v.n) AS place, v.worker, v.workflow, v.version, v.plan, v.bodies
  FROM revisions AS v CROSS JOIN workers AS w ON w.id = v.worker
 WHERE NOT w.buried ORDER BY place, v.n;
