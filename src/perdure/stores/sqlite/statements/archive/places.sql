DELETE FROM places WHERE run IN (SELECT value FROM json_each(:numbers));
