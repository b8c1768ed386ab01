DELETE FROM firings WHERE event = (SELECT n FROM events WHERE id = :id);
