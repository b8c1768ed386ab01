DELETE FROM firings WHERE event IN (SELECT value FROM json_each(:events));
