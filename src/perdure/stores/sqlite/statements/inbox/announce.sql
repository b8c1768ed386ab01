INSERT INTO signals (name, message, payload, workflow, key, at)
VALUES (:name, :message, :payload, :workflow, :key, :at)
RETURNING number;
