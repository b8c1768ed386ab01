DELETE FROM labels WHERE run IN (SELECT value FROM json_each(:numbers));
