INSERT INTO signals (name, message, payload, workflow, key, at, kind, match, until, most)
VALUES (:name, :message, :payload, :workflow, :key, :at, :kind, :match, :until,
        (SELECT ifnull(max(n), 0) FROM runs))
RETURNING number;
