SELECT n, id, plan, created_at, ended_at FROM runs
 WHERE n > :after AND ended_at IS NOT NULL ORDER BY n LIMIT :most;
