SELECT id FROM runs WHERE start_key = :key;
