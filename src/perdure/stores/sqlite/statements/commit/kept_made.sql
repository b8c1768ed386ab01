INSERT INTO kept (run, signal, name, key, addressed, payload, begun, kind, match)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);
