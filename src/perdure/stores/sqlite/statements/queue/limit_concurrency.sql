INSERT INTO queues (name, concurrency) VALUES (:queue, :most)
    ON CONFLICT (name) DO UPDATE SET concurrency = excluded.concurrency;
