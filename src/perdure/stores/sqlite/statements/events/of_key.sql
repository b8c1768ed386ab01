SELECT event FROM event_keys WHERE key = :key;
