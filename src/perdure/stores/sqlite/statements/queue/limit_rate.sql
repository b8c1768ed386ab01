INSERT INTO queues (name, most, seconds) VALUES (:queue, :most, :seconds)
    ON CONFLICT (name) DO UPDATE SET most = excluded.most, seconds = excluded.seconds;
