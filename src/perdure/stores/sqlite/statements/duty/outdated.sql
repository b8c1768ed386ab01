-- Of each version the revision that was announced last is remembered, also when nobody hosts it.
DELETE FROM revisions
 WHERE worker NOT IN (SELECT id FROM workers WHERE NOT buried)
   AND n NOT IN (SELECT max(n) FROM revisions GROUP BY workflow, version);
