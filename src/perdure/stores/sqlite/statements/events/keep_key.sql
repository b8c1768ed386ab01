INSERT INTO event_keys (key, event, at) VALUES (:key, :event, :now);
