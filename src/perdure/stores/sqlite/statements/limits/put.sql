INSERT INTO limits (workflow, is_set, most, waits) VALUES (:workflow, :is_set, :most, :waits)
    ON CONFLICT (workflow) DO UPDATE
   SET is_set = excluded.is_set, most = excluded.most, waits = excluded.waits;
