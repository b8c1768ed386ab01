DELETE FROM history WHERE run IN (SELECT value FROM json_each(:numbers));
