INSERT INTO turns (queue, hosts, fair, at)
SELECT value->>0, :hosts, value->>1, :now FROM json_each(:rows) WHERE true
    ON CONFLICT (queue, hosts) DO UPDATE SET fair = excluded.fair, at = excluded.at;
