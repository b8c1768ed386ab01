DELETE FROM runs
 WHERE n BETWEEN (SELECT min(value) FROM json_each(:numbers))
             AND (SELECT max(value) FROM json_each(:numbers))
   AND n IN (SELECT value FROM json_each(:numbers));
