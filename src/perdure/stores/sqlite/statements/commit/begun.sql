INSERT INTO begun (queue, at, count)
SELECT value->>0, :now, value->>1 FROM json_each(:rows) WHERE true
    ON CONFLICT (queue, at) DO UPDATE SET count = count + excluded.count;
