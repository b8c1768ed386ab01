INSERT INTO taken (key, at)
SELECT value, :now FROM json_each(:keys) WHERE true
    ON CONFLICT DO NOTHING
RETURNING key;
