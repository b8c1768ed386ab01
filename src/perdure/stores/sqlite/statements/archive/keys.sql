DELETE FROM keys WHERE run IN (SELECT value FROM json_each(:numbers));
