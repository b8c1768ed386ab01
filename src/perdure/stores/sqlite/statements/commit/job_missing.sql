SELECT ?1 WHERE ?4 IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM jobs WHERE run = ?1 AND step = ?2 AND visit = ?3 AND token = ?4);
