INSERT INTO events (id, name, type, entity, key, at, told_at, body)
VALUES (:id, :name, :type, :entity, :key, :at, :told_at, :body)
    ON CONFLICT (id) DO UPDATE
   SET at = excluded.at, told_at = excluded.told_at, body = excluded.body;
