DELETE FROM triggers WHERE workflow IN (SELECT value FROM json_each(:workflows));
