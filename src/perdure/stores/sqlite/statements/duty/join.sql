INSERT INTO workers (host, pid, started_at, lease_until, lock, queues)
VALUES (:host, :pid, :now, :now + :lease, :lock, :queues)
RETURNING id, host, pid, started_at, lease_until, lock, queues;
