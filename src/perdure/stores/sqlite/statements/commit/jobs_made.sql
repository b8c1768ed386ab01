INSERT INTO jobs (
       run, step, visit, attempt, token, owner, due, queue, priority, host, payload, mode, fair,
       keyed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
