DELETE FROM events
 WHERE name = :name AND entity IS :entity AND type = :type AND key IS :key
RETURNING n;
