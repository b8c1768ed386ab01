DELETE FROM attempts WHERE run IN (SELECT value FROM json_each(:numbers));
