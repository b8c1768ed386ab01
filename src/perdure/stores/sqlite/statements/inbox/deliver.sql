INSERT INTO inbox (run, message, payload)
SELECT value, :message, :payload FROM json_each(:runs) ORDER BY key;
