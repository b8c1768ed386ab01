SELECT 1 FROM waits INDEXED BY waits_name WHERE name = :name AND kind = 'event'
 UNION ALL
SELECT 1 FROM waits INDEXED BY waits_name WHERE name = 'event:' || :name AND kind = 'coming'
 LIMIT 1;
