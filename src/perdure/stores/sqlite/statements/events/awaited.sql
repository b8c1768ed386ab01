SELECT 1 FROM waits INDEXED BY waits_name WHERE name = :name AND kind = 'event' LIMIT 1;
