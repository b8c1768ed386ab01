DELETE FROM data_keys WHERE run IN (SELECT value FROM json_each(:numbers));
