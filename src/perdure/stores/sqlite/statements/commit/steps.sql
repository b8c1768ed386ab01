INSERT INTO steps (
       run, step, visit, attempt, status, started_at, ended_at, output, error, meta, context, cpu)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
