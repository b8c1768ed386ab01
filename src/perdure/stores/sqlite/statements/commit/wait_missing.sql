SELECT ?1 WHERE ?5 AND NOT EXISTS (
       SELECT 1 FROM waits WHERE run = ?1 AND step = ?2 AND visit = ?3 AND kind = ?4);
