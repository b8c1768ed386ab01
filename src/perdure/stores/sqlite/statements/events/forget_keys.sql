DELETE FROM event_keys WHERE at < :before;
