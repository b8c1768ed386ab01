INSERT INTO signals (name, message, payload, workflow, key, at, kind, match, most)
VALUES (:name, :message, :payload, :workflow, :key, :at, :kind, :match,
        (SELECT ifnull(max(n), 0) FROM runs))
RETURNING number;
