DELETE FROM places
 WHERE run IN (
       SELECT r.n FROM json_each(:runs) AS x CROSS JOIN runs AS r INDEXED BY runs_id
        WHERE r.id = x.value AND r.batch = :batch AND r.ended_at IS NOT NULL);
