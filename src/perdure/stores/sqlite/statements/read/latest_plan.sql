-- The plan that was announced last by a live process, else by any, else the newest one.
SELECT p.hash, p.body
  FROM plans AS p
  LEFT JOIN revisions AS v ON v.workflow = p.workflow AND v.plan = p.hash
  LEFT JOIN workers AS w ON w.id = v.worker AND NOT w.buried
 WHERE p.workflow = :workflow
 ORDER BY w.id IS NULL, coalesce(v.rank, v.n) DESC, p.n DESC LIMIT 1;
