INSERT INTO attempts (run, step, visit, attempt, started_at, ended_at, error, cpu)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);
