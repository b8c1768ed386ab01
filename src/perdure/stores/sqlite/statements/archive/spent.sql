DELETE FROM spent WHERE scope = 'run' AND name IN (SELECT value FROM json_each(:runs));
