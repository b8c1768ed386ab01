DELETE FROM steps WHERE run IN (SELECT value FROM json_each(:numbers));
