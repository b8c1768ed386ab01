DELETE FROM kept WHERE run IN (SELECT value FROM json_each(:numbers));
