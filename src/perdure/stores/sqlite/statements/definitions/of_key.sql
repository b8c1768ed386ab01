SELECT id FROM definitions WHERE key = :key;
