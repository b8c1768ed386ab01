SELECT id, host, pid, started_at, lease_until, lock, queues FROM workers
 WHERE NOT buried ORDER BY id;
