-- Nothing happens where an id, a start key, or the unique key of a live run is taken.
INSERT INTO runs (
       id, seq, namespace, workflow, version, plan, status, cursor, marks, visits, priority,
       created_at, ended_at, error, start_key, unique_key, deadline, parent, of_brood, place,
       detached, fair, batch)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING;
