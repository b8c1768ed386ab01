DELETE FROM jobs WHERE run IN (SELECT value FROM json_each(:numbers));
