INSERT INTO paces (name, free_at) VALUES (:name, :now + :gap)
    ON CONFLICT (name) DO UPDATE SET free_at = max(free_at, :now) + :gap
RETURNING free_at;
