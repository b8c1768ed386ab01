INSERT INTO timers (run, step, visit, kind, due, "then") VALUES (?, ?, ?, ?, ?, ?);
