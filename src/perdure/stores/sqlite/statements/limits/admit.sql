INSERT INTO places (run, workflow)
SELECT value, :workflow FROM json_each(:runs) WHERE true
    ON CONFLICT DO NOTHING;
