-- What is in the mailbox for waits that begin, the oldest first: its number, and its run's.
SELECT m.n, r.n, r.id, m.message, m.payload
  FROM jsonb_each(:rows) AS x CROSS JOIN runs AS r INDEXED BY runs_id
 CROSS JOIN mailbox AS m INDEXED BY mailbox_key
 WHERE r.id = x.value->>0 AND r.batch = :batch AND m.name = x.value->>1 AND m.key = x.value->>2
   AND (m.workflow IS NULL OR m.workflow = x.value->>3)
   AND m.at >= x.value->>4 AND m.until > :now
   AND (m.match IS NULL OR NOT EXISTS (
        SELECT 1 FROM json_each(m.match) AS k LEFT JOIN contexts AS c ON c.run = r.n
         WHERE c.data -> k.fullkey IS NOT m.match -> k.fullkey))
 ORDER BY m.n, x.key;
