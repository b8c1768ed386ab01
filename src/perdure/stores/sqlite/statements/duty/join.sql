INSERT INTO workers (host, pid, started_at, lease_until, lock)
VALUES (:host, :pid, :now, :now + :lease, :lock)
RETURNING id, host, pid, started_at, lease_until, lock;
