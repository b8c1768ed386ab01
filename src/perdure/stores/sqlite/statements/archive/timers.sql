DELETE FROM timers WHERE run IN (SELECT value FROM json_each(:numbers));
