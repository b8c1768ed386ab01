DELETE FROM events
 WHERE id = :event AND NOT EXISTS (SELECT 1 FROM firings AS f WHERE f.event = events.n);
