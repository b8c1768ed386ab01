SELECT at FROM events WHERE id = :event;
