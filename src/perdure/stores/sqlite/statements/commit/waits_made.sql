INSERT INTO waits (
       run, step, visit, kind, name, key, due, "then", on_timeout, workflow, match, accepts, way)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
