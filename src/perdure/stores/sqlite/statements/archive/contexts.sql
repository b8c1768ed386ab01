-- Between bounds, because for few rows SQLite would read the whole table.
DELETE FROM contexts
 WHERE run BETWEEN (SELECT min(value) FROM json_each(:numbers))
               AND (SELECT max(value) FROM json_each(:numbers))
   AND run IN (SELECT value FROM json_each(:numbers));
