DELETE FROM events
 WHERE at < :before AND NOT EXISTS (SELECT 1 FROM firings AS f WHERE f.event = events.n);
