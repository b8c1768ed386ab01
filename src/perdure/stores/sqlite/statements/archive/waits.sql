DELETE FROM waits WHERE run IN (SELECT value FROM json_each(:numbers));
